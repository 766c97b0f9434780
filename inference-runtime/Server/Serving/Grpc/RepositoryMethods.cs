using Google.Protobuf;
using ModelOperator.Grpc;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Triton's extension of a repository: what models there are, and which of them are loaded.</summary>
internal sealed class RepositoryMethods(ModelControl control)
{
    /// <summary>Clients set it by themselves; here no model depends on another.</summary>
    private const string UnloadDependents = "unload_dependents";

    public IEnumerable<GrpcMethod> Methods =>
    [
        Method("RepositoryIndex", RepositoryIndexRequest.Parser, IndexAsync),
        Method("RepositoryModelLoad", RepositoryModelLoadRequest.Parser, LoadAsync),
        Method("RepositoryModelUnload", RepositoryModelUnloadRequest.Parser, UnloadAsync),
    ];

    private static GrpcMethod Method<TRequest, TResponse>(
        string name, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TResponse>> answer)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        UnaryMethod.Create(GrpcServices.Inference, name, parser, async (request, call) => await answer(request, call.CancellationToken));

    private async Task<RepositoryIndexResponse> IndexAsync(RepositoryIndexRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelState> states = await control.IndexAsync(request.Ready, cancellationToken);
        return new RepositoryIndexResponse
        {
            Models =
            {
                states.Select(s => new RepositoryIndexResponse.Types.ModelIndex { Name = s.Name, Version = s.Version, State = s.State, Reason = s.Reason }),
            },
        };
    }

    private async Task<RepositoryModelLoadResponse> LoadAsync(RepositoryModelLoadRequest request, CancellationToken cancellationToken)
    {
        Check(request.Parameters.Keys);
        await control.LoadAsync(request.ModelName, cancellationToken);
        return new RepositoryModelLoadResponse();
    }

    private async Task<RepositoryModelUnloadResponse> UnloadAsync(RepositoryModelUnloadRequest request, CancellationToken cancellationToken)
    {
        Check(request.Parameters.Keys);
        await control.UnloadAsync(request.ModelName, cancellationToken);
        return new RepositoryModelUnloadResponse();
    }

    private static void Check(IEnumerable<string> parameters)
    {
        if (parameters.FirstOrDefault(p => p != UnloadDependents) is { } unknown)
        {
            throw new ProtocolException($"parameters: {unknown} is not supported: models are served as they are in the repository");
        }
    }
}
