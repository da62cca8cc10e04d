import dev.unikernel.it.FinishedBuild

def build = new FinishedBuild(basedir.toPath())
build.assertOneTestMetAGuest()
build.assertOkHttpIs("okhttp-jvm", "5.5.1")
