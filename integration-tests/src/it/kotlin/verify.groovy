import dev.unikernel.it.FinishedBuild

def build = new FinishedBuild(basedir.toPath())
build.assertOneTestMetAGuest()
