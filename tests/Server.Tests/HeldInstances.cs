using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Tests;

/// <summary>All instances of a model, so that its requests wait until this is disposed.</summary>
internal sealed class HeldInstances : IDisposable
{
    private readonly OnnxModel _model;
    private readonly List<RunSlot> _held = [];

    private HeldInstances(OnnxModel model)
    {
        _model = model;
        while (model.Instances.TryTake(out RunSlot? slot))
        {
            _held.Add(slot);
        }
    }

    public static HeldInstances Of(OnnxModel model) => new(model);

    public static HeldInstances Of(TestServer server) => new(server.Services.GetRequiredService<ModelRepository>().All[0].Require());

    public void Dispose()
    {
        foreach (RunSlot slot in _held)
        {
            _model.Instances.Return(slot);
        }

        _model.Scheduler.StartWorker();
    }
}
