import dev.unikernel.junit.UnikernelVm
import dev.unikernel.junit.VmAddress
import dev.unikernel.vm.Vm
import java.net.HttpURLConnection
import java.net.URI
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

@UnikernelVm(
    kernel = "classpath:dev/unikernel/fixtures/fixture.elf",
    image = "classpath:dev/unikernel/fixtures/hello.img",
)
class WebServerIT(@param:VmAddress private val inConstructor: URI) {

    @VmAddress
    lateinit var inField: URI

    @Test
    fun greets(vm: Vm) {
        assertEquals(vm.uri(), inConstructor)
        assertEquals(vm.uri(), inField)
        assertEquals(vm.uri(), inCompanion)
        assertEquals(vm.uri(), inCompanionField)
        assertEquals(200, (inField.toURL().openConnection() as HttpURLConnection).responseCode)
    }

    companion object {
        @VmAddress
        lateinit var inCompanion: URI

        @JvmField
        @VmAddress
        var inCompanionField: URI? = null
    }
}
