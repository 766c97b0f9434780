using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>One version of one model, and what state it is in.</summary>
internal sealed class ServedModel(ModelSource source, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the repository itself, until it retires the model.
    private int _users = 1;
    private volatile OnnxModel? _model;
    private volatile bool _ready;

    public string Name => source.Name;

    public string Version => source.Version;

    /// <summary>Names of the classes of its outputs; those that are missing have none.</summary>
    public IReadOnlyList<string> Labels { get; private set; } = [];

    /// <summary>What it did for clients so far.</summary>
    public ModelStatistics Statistics { get; } = new(time);

    /// <summary>The model once it is loaded; clients are sent here when it is warm too.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => _model?.Healthy != false;

    public bool Ready => _ready && Healthy;

    /// <summary>Whether a run takes so long that it must not keep a connection's own thread, which also notices that a client is gone.</summary>
    public bool RunsLong { get; set; }

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _model?.Sample ?? [];

    public void Load(ModelOpener opener, CancellationToken cancellationToken)
    {
        LogMessages.Loading(logger, Name, source.Path);
        Labels = source.ReadLabels();
        _model = opener.Open(source.Path, new ExecutionRecorder(this), cancellationToken);
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>The model once it is loaded and while it works.</summary>
    public OnnxModel Require() => !Healthy
        ? throw new OverloadedException($"model '{Name}' is broken, its server waits to be restarted")
        : _model ?? throw new OverloadedException($"model '{Name}' is not loaded yet");

    /// <summary>Computes a checked request when its turn has come. The model stays until the result is disposed.</summary>
    public ValueTask<InferResult> RunAsync(InferRequest request, CancellationToken cancellationToken)
    {
        OnnxModel model = Require();
        Enter();
        try
        {
            ValueTask<InferResult> run = model.RunAsync(request, cancellationToken);
            return run.IsCompletedSuccessfully ? new ValueTask<InferResult>(Hold(run.Result)) : HoldAsync(run);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>A user of the model, or of what it computed, is done with it.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _unused.TrySetResult();
        }
    }

    /// <summary>Ends the repository's own use of the model, and waits until nobody else uses it either.</summary>
    public Task UnusedAsync()
    {
        Leave();
        return _unused.Task;
    }

    public void Dispose()
    {
        _model?.Dispose();
        source.Release();
    }

    private void Enter()
    {
        for (int users = Volatile.Read(ref _users); users > 0;)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return;
            }

            users = seen;
        }

        throw new ProtocolException(404, $"version '{Version}' of model '{Name}' was unloaded");
    }

    private InferResult Hold(InferResult result)
    {
        result.Holds(this);
        return result;
    }

    private async ValueTask<InferResult> HoldAsync(ValueTask<InferResult> run)
    {
        try
        {
            return Hold(await run);
        }
        catch
        {
            Leave();
            throw;
        }
    }
}
