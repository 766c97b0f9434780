using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests;

/// <summary>All instances of a model, so that its requests wait until this is disposed.</summary>
internal sealed class HeldInstances : IDisposable
{
    private readonly OnnxModel _model;
    private readonly List<Instance> _held = [];

    private HeldInstances(OnnxModel model)
    {
        _model = model;
        while (model.Instances.TryTake(1, out Instance instance))
        {
            _held.Add(instance);
        }
    }

    public static HeldInstances Of(OnnxModel model) => new(model);

    public static HeldInstances Of(TestServer server) => new(server.Services.GetRequiredService<ModelRepository>().All[0].Require());

    public void Dispose()
    {
        foreach (Instance instance in _held)
        {
            _model.Instances.Return(instance);
        }

        _model.Scheduler.StartWorker();
    }
}
