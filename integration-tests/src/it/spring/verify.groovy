import dev.unikernel.it.TestReports

def reports = new TestReports(basedir.toPath().resolve("target/failsafe-reports"))
assert reports.othersThanPassed().isEmpty()
assert reports.passedOfClasses() == [OwnServerIT: 1L, PerClassIT: 1L, SharedOneIT: 1L, SharedTwoIT: 1L]
// The beans of the classes whose context is closed with them; the other is closed when the JVM ends, after its VM.
assert new File(basedir, "build.log").text.count("context closed: its server answered") == 2
