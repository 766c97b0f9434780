namespace ModelOperator.Kubernetes.Client;

/// <summary>
/// Keeps a process that may have lost its lease from writing. It is looked at before each attempt of each write: a process that was paused,
/// in the middle of a reconcile, for longer than its lease lasts must not write what another has decided otherwise meanwhile. It goes with
/// the work that entered it, so that the lease itself, events and certificates are written outside.
/// </summary>
/// <param name="isOpen">Whether this process may write at this moment.</param>
public sealed class WriteFence(Func<bool> isOpen)
{
    private static readonly AsyncLocal<WriteFence?> Entered = new();

    /// <summary>From here on, in the calling method and what it calls, writes are looked at.</summary>
    public void Enter() => Entered.Value = this;

    /// <exception cref="LeadershipLostException">The work has entered a fence that is closed.</exception>
    internal static void Check(HttpMethod method, string path)
    {
        if (method != HttpMethod.Get && Entered.Value?.IsOpen == false)
        {
            throw new LeadershipLostException($"{method} {path} is not sent: the lease may be another's by now.");
        }
    }

    private bool IsOpen => isOpen();
}
