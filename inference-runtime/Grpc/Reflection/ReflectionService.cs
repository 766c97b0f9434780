using Google.Protobuf.Reflection;
using ModelOperator.Grpc.Reflection.V1;

namespace ModelOperator.Grpc.Reflection;

/// <summary><c>grpc.reflection.v1.ServerReflection</c>, and <c>v1alpha</c>, whose messages are the same.</summary>
/// <param name="files">Makes the descriptors of the services on offer; called when somebody asks.</param>
/// <param name="stopping">Ends calls: the server is about to stop and waits for no stream.</param>
public sealed class ReflectionService(Func<IReadOnlyList<FileDescriptor>> files, CancellationToken stopping)
{
    private readonly Lazy<DescriptorIndex> _index = new(() => new DescriptorIndex(files()));

    public IEnumerable<GrpcMethod> Methods => [Method("grpc.reflection.v1.ServerReflection"), Method("grpc.reflection.v1alpha.ServerReflection")];

    /// <summary>The files of health and of reflection itself.</summary>
    public static IReadOnlyList<FileDescriptor> OwnFiles =>
        [Health.V1.HealthReflection.Descriptor, ReflectionReflection.Descriptor, V1Alpha.ReflectionReflection.Descriptor];

    internal ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        ServerReflectionResponse response = new() { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.AddRange(_index.Value.Services.Select(s => new ServiceResponse { Name = s }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Tell(response, _index.Value.FileNamed(request.FileByFilename), $"file '{request.FileByFilename}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Tell(response, _index.Value.FileOf(request.FileContainingSymbol), $"symbol '{request.FileContainingSymbol}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                // proto3 files declare none.
                Tell(response, null, $"extension {request.FileContainingExtension.ExtensionNumber} of '{request.FileContainingExtension.ContainingType}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when _index.Value.IsMessage(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                Tell(response, null, $"message '{request.AllExtensionNumbersOfType}'");
                break;
            default:
                response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.InvalidArgument, ErrorMessage = "the request asks for nothing" };
                break;
        }

        return response;
    }

    private static void Tell(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = $"there is no {what}" };
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.AddRange(DescriptorIndex.WithImports(file));
    }

    private GrpcMethod Method(string service) => new(service, "ServerReflectionInfo", ServeAsync) { ClientStreams = true, ServerStreams = true };

    private async ValueTask ServeAsync(GrpcCall call)
    {
        using CancellationTokenRegistration registration = call.StopReadingOn(stopping);
        while (await call.ReadAsync() is { } message)
        {
            using (message)
            {
                await call.WriteAsync(Answer(GrpcCall.Parse(message, ServerReflectionRequest.Parser)));
            }
        }
    }
}
