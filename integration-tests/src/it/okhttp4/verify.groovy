import dev.unikernel.it.FinishedBuild

def build = new FinishedBuild(basedir.toPath())
build.assertOneTestMetAGuest()
build.assertOkHttpIs("okhttp", "4.12.0")
