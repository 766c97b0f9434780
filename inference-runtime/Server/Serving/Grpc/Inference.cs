using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A request, from before its message has arrived until it is answered.</summary>
internal sealed class Inference(Admission admission, DrainState drain) : IDisposable
{
    private Admission.Entry? _entry;
    private long _reserved;
    private bool _arrived;

    /// <summary>The model to ask whatever the request says; null to find it by name.</summary>
    public ServedModel? Known { get; init; }

    /// <summary>Limits how long the message may take to arrive; null sets no limit.</summary>
    public CallDeadline? Deadline { get; init; }

    public ModelInferRequest? Request { get; private set; }

    public ServedModel? Model { get; set; }

    public InferResult? Result { get; set; }

    public ResponseOutputs? Outputs { get; set; }

    /// <summary>Why there is no result.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called when a message of as many bytes begins to arrive: lets the request in if there is room.</summary>
    /// <exception cref="OverloadedException">There is none.</exception>
    public void Reserve(long bytes)
    {
        if (!_arrived)
        {
            drain.Arrived();
            _arrived = true;
        }

        _entry ??= admission.Enter();
        _entry.Reserve(bytes);
        _reserved += bytes;
    }

    /// <summary>Takes the message over. One that was compressed needs more room than what arrived.</summary>
    public void Read(MessageBuffer message, ProtocolLimits limits)
    {
        try
        {
            Reserve(Math.Max(message.Memory.Length - _reserved, 0));
        }
        catch
        {
            message.Dispose();
            throw;
        }

        Request = ModelInferRequestReader.Read(message.Memory, message, limits);
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
