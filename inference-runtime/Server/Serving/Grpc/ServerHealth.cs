using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>What health checks are told: ready means ready, and not once the server was told to stop.</summary>
internal sealed class ServerHealth(ModelRepository models, DrainState drain)
{
    /// <summary>Whether all models are alive; what is not helps only a restart.</summary>
    public bool Live => models.Healthy;

    public bool Ready => !drain.Draining && models.Ready;

    public bool IsReady(ServedModel model) => !drain.Draining && model.Ready;
}
