module com.example.modules {
    exports com.example.modules;
}
