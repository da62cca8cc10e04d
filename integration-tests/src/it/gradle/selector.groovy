def found = System.getenv("PATH").split(":").any { new File(it, "gradle").canExecute() }
if (!found) {
    println "NOT RUN: there is no gradle on the PATH"
}
return found
