using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>The model of this server and what state it is in.</summary>
internal sealed class ServedModel(string name, string version, ILogger<ServedModel> logger) : IDisposable
{
    private volatile OnnxModel? _model;
    private WarmUp? _warmUp;
    private volatile bool _broken;
    private volatile bool _ready;

    public string Name => name;

    public string Version => version;

    /// <summary>The model once it is loaded; clients are sent here when it is warm too.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => !_broken;

    public bool Ready => _ready && Healthy;

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _warmUp?.Sample ?? [];

    public void Load(SessionFactory factory, string path, IReadOnlyList<ExecutionProvider> providers, TimeProvider time, CancellationToken cancellationToken)
    {
        LogMessages.Loading(logger, name, path, string.Join(", ", providers.Select(p => p.Name())));
        OnnxModel model = new(factory.Open(path, providers, cancellationToken), logger);
        _warmUp = WarmUp.Run(model, time, logger, cancellationToken);
        _model = model;
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>Whether a failed run was the request's fault: the model still computes what it computed at warm-up.</summary>
    public bool StillComputes(CancellationToken cancellationToken)
    {
        if (_warmUp is null)
        {
            return true;
        }

        try
        {
            _warmUp.Compute(cancellationToken);
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            _broken = true;
            LogMessages.ModelBroken(logger, SessionFactory.Reason(e));
            return false;
        }
    }

    public void Dispose() => _model?.Dispose();
}
