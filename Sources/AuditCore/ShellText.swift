/// A word for a shell: quoted where it has to be.
package func quoted(_ word: String) -> String {
  let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%")
  if !word.isEmpty, word.allSatisfy(safe.contains) { return word }
  return "'" + word.replacing("'", with: "'\\''") + "'"
}
