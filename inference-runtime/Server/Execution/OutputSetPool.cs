using Microsoft.Extensions.ObjectPool;

namespace ModelOperator.Server.Execution;

/// <summary>The output buffers that runs of a session with one selection use again and again.</summary>
internal sealed class OutputSetPool : IDisposable
{
    private const int MaxKept = 32;

    private readonly OrtSession _session;
    private readonly ObjectPool<OutputSet>? _sets;
    private readonly PerProcessor<OutputSet>? _near;

    public OutputSetPool(OutputSelection selection, OrtSession session)
    {
        (Selection, _session) = (selection, session);
        if (selection.Kept)
        {
            _sets = new DefaultObjectPoolProvider { MaximumRetained = MaxKept }.Create(new SetPolicy(this));
            _near = new PerProcessor<OutputSet>(_sets);
        }
    }

    public OutputSelection Selection { get; }

    public OutputSet Rent() => _near?.Get() ?? Create();

    public void Return(OutputSet set)
    {
        if (_near is null)
        {
            set.Dispose();
            return;
        }

        _near.Return(set);
    }

    public void Dispose()
    {
        foreach (OutputSet set in _near?.Clear() ?? [])
        {
            set.Dispose();
        }

        (_sets as IDisposable)?.Dispose();
    }

    private OutputSet Create() => new(Selection, _session, this);

    private sealed class SetPolicy(OutputSetPool pool) : PooledObjectPolicy<OutputSet>
    {
        public override OutputSet Create() => pool.Create();

        public override bool Return(OutputSet obj) => true;
    }
}
