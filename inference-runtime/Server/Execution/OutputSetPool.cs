using Microsoft.Extensions.ObjectPool;

namespace ModelOperator.Server.Execution;

/// <summary>The output buffers that runs of a session with one selection use again and again.</summary>
internal sealed class OutputSetPool : IDisposable
{
    private const int MaxKept = 32;

    private readonly ObjectPool<OutputSet> _sets;

    public OutputSetPool(OutputSelection selection, OrtSession session)
    {
        Selection = selection;
        _sets = new DefaultObjectPoolProvider { MaximumRetained = selection.Kept ? MaxKept : 1 }.Create(new SetPolicy(selection, session, this));
    }

    public OutputSelection Selection { get; }

    public OutputSet Rent() => _sets.Get();

    public void Return(OutputSet set)
    {
        if (Selection.Kept)
        {
            _sets.Return(set);
        }
        else
        {
            set.Dispose();
        }
    }

    public void Dispose() => (_sets as IDisposable)?.Dispose();

    private sealed class SetPolicy(OutputSelection selection, OrtSession session, OutputSetPool pool) : PooledObjectPolicy<OutputSet>
    {
        public override OutputSet Create() => new(selection, session, pool);

        public override bool Return(OutputSet obj) => true;
    }
}
