using Grpc.Core;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Repository.Overrides;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Triton's extension of a repository: what models there are, and which of them are loaded.</summary>
internal sealed class RepositoryMethods(ModelControl control, ILogger<RepositoryMethods> logger)
{
    public void AddTo(ServerServiceDefinition.Builder service)
    {
        service.AddUnary("RepositoryIndex", RepositoryIndexRequest.Parser, RepositoryIndexResponse.Parser, IndexAsync, logger);
        service.AddUnary("RepositoryModelLoad", RepositoryModelLoadRequest.Parser, RepositoryModelLoadResponse.Parser, LoadAsync, logger);
        service.AddUnary(
            "RepositoryModelUnload", RepositoryModelUnloadRequest.Parser, RepositoryModelUnloadResponse.Parser, UnloadAsync, logger);
    }

    private async Task<RepositoryIndexResponse> IndexAsync(RepositoryIndexRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelState> states = await control.IndexAsync(request.Ready, cancellationToken);
        return new RepositoryIndexResponse
        {
            Models =
            {
                states.Select(s => new RepositoryIndexResponse.Types.ModelIndex
                {
                    Name = s.Name,
                    Version = s.Version,
                    State = s.State,
                    Reason = s.Reason,
                }),
            },
        };
    }

    private async Task<RepositoryModelLoadResponse> LoadAsync(RepositoryModelLoadRequest request, CancellationToken cancellationToken)
    {
        await control.LoadAsync(request.ModelName, Read(request.Parameters), cancellationToken);
        return new RepositoryModelLoadResponse();
    }

    private async Task<RepositoryModelUnloadResponse> UnloadAsync(RepositoryModelUnloadRequest request, CancellationToken cancellationToken)
    {
        if (request.Parameters.Keys.FirstOrDefault(p => p != ModelOverride.UnloadDependents) is { } unknown)
        {
            throw Unsupported(unknown);
        }

        await control.UnloadAsync(request.ModelName, cancellationToken);
        return new RepositoryModelUnloadResponse();
    }

    private static ModelOverride Read(IEnumerable<KeyValuePair<string, ModelRepositoryParameter>> parameters)
    {
        ModelOverride asked = new();
        foreach ((string name, ModelRepositoryParameter value) in parameters)
        {
            if (ModelOverride.IsConfig(name))
            {
                asked.SetConfig(
                    value.HasStringParam ? value.StringParam : throw new ProtocolException($"parameters: {name} must be a string_param"));
            }
            else if (ModelOverride.IsFile(name))
            {
                asked.AddFile(name, value.HasBytesParam ? value.BytesParam.Memory : throw new ProtocolException(
                    $"parameters: {name} must be a bytes_param"));
            }
            else if (name != ModelOverride.UnloadDependents)
            {
                throw Unsupported(name);
            }
        }

        return asked;
    }

    private static ProtocolException Unsupported(string name) => new($"parameters: {name} is not supported here");
}
