open module com.example.console {
    requires dev.unikernel.junit;
    requires org.junit.jupiter.api;
}
