using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Controller.Decide;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Tests.Decide;

/// <summary>A namespace that is being deleted takes nothing new.</summary>
public sealed class NamespaceDeletionTests
{
    [Test]
    public async Task A_namespace_that_is_being_deleted_is_nothing_to_tell_people_of_and_is_left_to_the_runtime()
    {
        var events = new Recorder();
        await using WebApplication application = RefusingClient.Operator(
            new RefusingClient { OnApply = Refusal(terminating: true) }, builder => builder.Services.AddSingleton<IEventRecorder>(events));
        var controller = application.Services.GetRequiredService<ModelDeploymentController>();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => controller.ReconcileAsync(Models.Digits(), CancellationToken.None));

        Assert.That(refusal!.IsNamespaceTerminating, Is.True, "the runtime knows it by that and is quiet");
        Assert.That(events.Reasons, Has.None.EqualTo("ReconcileError"));
    }

    [Test]
    public async Task Any_other_refusal_is_told_in_an_event()
    {
        var events = new Recorder();
        await using WebApplication application = RefusingClient.Operator(
            new RefusingClient { OnApply = Refusal(terminating: false) }, builder => builder.Services.AddSingleton<IEventRecorder>(events));
        var controller = application.Services.GetRequiredService<ModelDeploymentController>();

        var result = await controller.ReconcileAsync(Models.Digits(), CancellationToken.None);

        Assert.That(result.IsFailure, Is.True);
        Assert.That(events.Reasons, Has.Some.EqualTo("ReconcileError"));
    }

    private static KubernetesException Refusal(bool terminating) =>
        new(HttpStatusCode.Forbidden, "Forbidden", "refused") { IsNamespaceTerminating = terminating };

    private sealed class Recorder : IEventRecorder
    {
        public List<string> Reasons { get; } = [];

        public void Record(KubernetesObject entity, string reason, string message, EventType type, string action) => Reasons.Add(reason);
    }
}
