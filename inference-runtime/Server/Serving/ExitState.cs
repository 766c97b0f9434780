namespace ModelOperator.Server.Serving;

/// <summary>How the process ends.</summary>
internal sealed class ExitState
{
    private TerminatingException? _failure;

    /// <summary>What ended the process; null after an orderly stop.</summary>
    public TerminatingException? Failure => _failure;

    /// <summary>Remembers the first failure: later ones follow from it.</summary>
    public void Fail(TerminatingException failure) => Interlocked.CompareExchange(ref _failure, failure, null);
}
