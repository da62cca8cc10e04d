import dev.unikernel.it.MatrixRow

new File(basedir, "target").eachDirMatch(~/junit-\d.+/) { folder ->
    println new MatrixRow(folder.toPath()).verified()
}
MatrixRow.assertThereAre(basedir.toPath(), "5.12.2", "6.1.3")
