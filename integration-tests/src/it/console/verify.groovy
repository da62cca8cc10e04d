import dev.unikernel.it.TestReports

for (path in ["class-path", "module-path"]) {
    def reports = new TestReports(basedir.toPath().resolve("target/$path"))
    assert reports.othersThanPassed().isEmpty()
    assert reports.passedOfClasses() == [WebServerTests: 1L]
}
