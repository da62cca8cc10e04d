import dev.unikernel.it.FinishedBuild

def build = new FinishedBuild(basedir.toPath())
build.assertOneTestMetAGuest()
build.assertOursBringOnly("awaitility", "hamcrest", "jspecify")
build.assertJUnitIs("6.1.3")
build.assertOurJarKeepsToItself()
