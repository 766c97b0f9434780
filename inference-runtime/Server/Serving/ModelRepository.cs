using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>The models of this server.</summary>
internal sealed class ModelRepository(ServedModel served)
{
    /// <summary>All models in all their versions.</summary>
    public IReadOnlyList<ServedModel> All { get; } = [served];

    /// <summary>A model by name and version; without a version the one that is served by default. Others' names and versions are refused with 404.</summary>
    public ServedModel Find(string? name, string? version)
    {
        if (name != served.Name)
        {
            throw new ProtocolException(404, $"model '{name}' is unknown, this server has '{served.Name}'");
        }

        if (version is not null && version != served.Version)
        {
            throw new ProtocolException(404, $"version '{version}' of model '{name}' is unknown, this server has '{served.Version}'");
        }

        return served;
    }
}
