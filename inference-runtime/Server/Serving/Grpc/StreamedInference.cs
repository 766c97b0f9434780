using ModelOperator.Grpc;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelInferRequest = ModelOperator.Protocol.Grpc.ModelInferRequest;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A request of a stream, from before it is read until it is answered.</summary>
internal sealed class StreamedInference(Admission admission, DrainState drain) : IMessageBudget, IDisposable
{
    private Admission.Entry? _entry;
    private bool _arrived;

    public ModelInferRequest? Request { get; set; }

    public ServedModel? Model { get; set; }

    public InferResult? Result { get; set; }

    public ResponseOutputs? Outputs { get; set; }

    /// <summary>Why there is no result.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The request has arrived, and is let in if there is room.</summary>
    public void Reserve(long bytes)
    {
        if (!_arrived)
        {
            drain.Arrived();
            _arrived = true;
        }

        _entry ??= admission.Enter();
        _entry.Reserve(bytes);
    }

    public void Dispose()
    {
        Outputs?.Dispose();
        Result?.Dispose();
        Request?.Dispose();
        _entry?.Dispose();
        if (_arrived)
        {
            drain.Left();
            _arrived = false;
        }
    }
}
