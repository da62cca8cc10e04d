import dev.unikernel.it.MatrixRow

def rows = []
new File(basedir, "target").eachDirMatch(~/junit-\d.+/) { folder -> rows += new MatrixRow(folder.toPath()).verified() }
MatrixRow.assertThereAre(basedir.toPath(), "5.12.2", "6.1.3")
new File(basedir, "target/matrix.md").text = rows.toSorted().join("\n") + "\n"
return true
