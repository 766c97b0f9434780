using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Rest;

/// <summary>Answers requests to infer itself and leaves all others, and those that are traced, to the host.</summary>
internal sealed class DirectApplication<TContext>(IHttpApplication<TContext> host, Func<string, RequestDelegate?> find)
    : IHttpApplication<DirectApplication<TContext>.Context>
    where TContext : notnull
{
    public Context CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps a context with each connection, so that it serves all its requests.
        IHostContextContainer<Context>? container = contextFeatures as IHostContextContainer<Context>;
        Context context = container?.HostContext ?? new Context(find);
        if (container is not null)
        {
            container.HostContext = context;
        }

        IHttpRequestFeature request = contextFeatures.GetRequiredFeature<IHttpRequestFeature>();
        if (!Traces.On && request.Method == HttpMethods.Post && context.IsInfer(request.Path))
        {
            context.Http.Initialize(contextFeatures);
        }
        else
        {
            context.OfHost = host.CreateContext(contextFeatures);
            context.IsOfHost = true;
        }

        return context;
    }

    public Task ProcessRequestAsync(Context context) =>
        context.IsOfHost ? host.ProcessRequestAsync(context.OfHost!) : context.Infer(context.Http);

    public void DisposeContext(Context context, Exception? exception)
    {
        if (context.IsOfHost)
        {
            TContext ofHost = context.OfHost!;
            context.OfHost = default;
            context.IsOfHost = false;
            host.DisposeContext(ofHost, exception);
        }
        else
        {
            context.Http.Uninitialize();
        }
    }

    /// <summary>What a connection's requests share.</summary>
    internal sealed class Context(Func<string, RequestDelegate?> find)
    {
        private string? _path;

        public DefaultHttpContext Http { get; } = new();

        public RequestDelegate Infer { get; private set; } = null!;

        public TContext? OfHost { get; set; }

        public bool IsOfHost { get; set; }

        /// <summary>Whether a path asks to infer. A connection mostly asks for the same again.</summary>
        public bool IsInfer(string path)
        {
            if (path == _path)
            {
                return true;
            }

            if (find(path) is not { } infer)
            {
                return false;
            }

            (_path, Infer) = (path, infer);
            return true;
        }
    }
}
