using System.Text;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Server.Tests.Evaluation;

/// <summary>A server that speaks the protocol and answers as a test wishes: a model of one number x whose label is y.</summary>
internal static class ProtocolServer
{
    public const string Metadata =
        """{"name":"m","versions":["1"],"platform":"test","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":"""
        + """[{"name":"y","datatype":"INT64","shape":[-1]}]}""";

    public const string Seven = """{"model_name":"m","outputs":[{"name":"y","shape":[1],"datatype":"INT64","data":[7]}]}""";

    public static Task<FileServer> StartAsync(Func<HttpContext, string, Task> infer, string metadata = Metadata) =>
        FileServer.StartAsync(async context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.WriteAsync(metadata);
                return;
            }

            using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
            await infer(context, await reader.ReadToEndAsync());
        });

    public static Task<FileServer> SevenAsync() => StartAsync((context, _) => context.Response.WriteAsync(Seven));

    public static string Row(string truth = "7", string data = "1") =>
        $$"""{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[{{data}}]}],"truth":{{truth}}}""";
}
