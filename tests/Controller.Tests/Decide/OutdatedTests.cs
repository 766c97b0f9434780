using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Api;
using ModelOperator.Controller.Decide;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Controller.Tests.Decide;

/// <summary>A status that cannot be written, because the model has changed or gone.</summary>
public sealed class OutdatedTests
{
    [TestCase(HttpStatusCode.Conflict)]
    [TestCase(HttpStatusCode.NotFound)]
    public async Task A_status_the_server_will_not_take_is_tried_again_with_backoff(HttpStatusCode code)
    {
        await using WebApplication application = RefusingClient.Operator(
            new RefusingClient { OnUpdate = new KubernetesException(code, code.ToString(), "no such version") });
        var controller = application.Services.GetRequiredService<ModelDeploymentController>();
        ModelDeployment invalid = Models.Digits(model => model.Spec.Model.Uri = "nonsense");

        var result = await controller.ReconcileAsync(invalid, CancellationToken.None);

        Assert.That(
            (result.IsOutdated, result.RequeueAfter),
            Is.EqualTo((true, (TimeSpan?)null)),
            "a wait of its own would start the backoff anew each time");
    }
}
