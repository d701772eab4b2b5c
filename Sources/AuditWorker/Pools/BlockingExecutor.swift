import Dispatch

/// Runs work that waits for other processes on threads of its own: on those of the tasks it would hold up all that
/// computes.
package final class BlockingExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "audit.waiting", attributes: .concurrent)

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
