import dev.unikernel.it.TestReports

def reports = new TestReports(basedir.toPath().resolve("shop/build/test-results/test"))
assert reports.othersThanPassed().isEmpty()
assert reports.passedOfClasses() == [WebServerTest: 1L]
// Logs go where Gradle's own files are.
assert new File(basedir, "shop/build/unikernel/WebServerTest/serial.log").text.contains("assigned: ")
