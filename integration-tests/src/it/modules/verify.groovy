import dev.unikernel.it.TestReports

def reports = new TestReports(basedir.toPath().resolve("target/failsafe-reports"))
assert reports.othersThanPassed().isEmpty()
assert reports.passedOfClasses() == [WebServerIT: 1L]
