using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Models;

/// <summary>What a model computed for a request. The outputs live until it is disposed, and it is then used for another request.</summary>
internal sealed class InferResult(OutputSelection selection) : IDisposable
{
    private readonly ResultTensor[] _computed = [.. selection.Computed.Select(o => new ResultTensor(o))];
    private OutputSet? _held;
    private ServedModel? _model;

    /// <summary>The outputs asked for, in that order.</summary>
    public ReadOnlySpan<ResultTensor> Outputs => _computed.AsSpan(0, selection.Asked);

    /// <summary>Size of the data of these outputs.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (ResultTensor output in Outputs)
            {
                bytes += output.Data.Length;
            }

            return bytes;
        }
    }

    /// <summary>Those and what the server itself wanted besides.</summary>
    public ReadOnlySpan<ResultTensor> Computed => _computed;

    public InferTimings Timings { get; private set; }

    /// <summary>Makes it stand for (a part of) the outputs of a run.</summary>
    public void Hold(OutputSet outputs, in InferTimings timings)
    {
        _held = outputs;
        Timings = timings;
    }

    /// <summary>Keeps the model until this is disposed.</summary>
    public void Holds(ServedModel model) => _model = model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, null) is not { } held)
        {
            return;
        }

        foreach (ResultTensor output in _computed)
        {
            output.Clear();
        }

        held.Release();
        ServedModel? model = _model;
        _model = null;
        selection.Return(this);
        model?.Leave();
    }
}
