using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>A webhook as the web server maps it, whatever it judges.</summary>
internal interface IWebhookEndpoint
{
    string Path { get; }

    Task HandleAsync(HttpContext context);
}

/// <summary>
/// Answers AdmissionReviews. Whatever arrives gets an answer: a body that is no review is a 400, an object that is not of the type a
/// refusal that says where, a webhook that throws a refusal with code 500.
/// </summary>
internal sealed class WebhookEndpoint<TEntity>(
    string path,
    ResourceType<TEntity> type,
    Func<AdmissionRequest<TEntity>, CancellationToken, Task<AdmissionResult>> judge,
    TimeProvider time,
    ILogger<WebhookEndpoint<TEntity>> logger) : IWebhookEndpoint
    where TEntity : KubernetesObject
{
    /// <summary>Two objects of the size the API server stores at most, and room.</summary>
    private const long MaxBodyBytes = 8 * 1024 * 1024;
    private const int MaxWarnings = 10;

    /// <summary>The API server gives up at 30 s at the latest.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(25);

    public string Path => path;

    public async Task HandleAsync(HttpContext context)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        if (!context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json.");
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        AdmissionReviewRequest? question;
        try
        {
            var review = await JsonSerializer.DeserializeAsync(
                context.Request.Body, AdmissionJsonContext.Default.AdmissionReview, either.Token);
            question = review?.Request;
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body is no AdmissionReview: {e.Message}");
            return;
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message);
            return;
        }

        if (question?.Uid is not { Length: > 0 and <= 256 } uid)
        {
            await RefuseAsync(
                context, StatusCodes.Status400BadRequest, "The body is no AdmissionReview: request.uid is missing or too long.");
            return;
        }

        await AnswerAsync(context, uid, question.Name, await JudgeAsync(question, either.Token), either.Token);
    }

    private async Task<AdmissionResult> JudgeAsync(AdmissionReviewRequest question, CancellationToken cancellationToken)
    {
        try
        {
            if (OperationOf(question.Operation) is not { } operation)
            {
                return AdmissionResult.Deny(
                    $"request.operation is '{question.Operation}'; expected CREATE, UPDATE, DELETE or CONNECT.",
                    StatusCodes.Status400BadRequest);
            }

            var request = new AdmissionRequest<TEntity>(
                operation, Read(question.Object), Read(question.OldObject),
                string.IsNullOrEmpty(question.SubResource) ? null : question.SubResource,
                question.Namespace, question.UserInfo, question.DryRun ?? false, question.Uid);
            return await judge(request, cancellationToken);
        }
        catch (JsonException e)
        {
            return AdmissionResult.Deny($"{type.Kind} cannot be read: {e.Message}");
        }
#pragma warning disable CA1031 // The API server needs an answer; silence would be taken for an outage.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.WebhookFailed(path, e);
            return AdmissionResult.Deny(
                $"The check of {type.Kind} failed inside the operator; its log says more.",
                StatusCodes.Status500InternalServerError);
        }
    }

    private static AdmissionOperation? OperationOf(string? operation) => operation switch
    {
        "CREATE" => AdmissionOperation.Create,
        "UPDATE" => AdmissionOperation.Update,
        "DELETE" => AdmissionOperation.Delete,
        "CONNECT" => AdmissionOperation.Connect,
        _ => null,
    };

    private TEntity? Read(JsonElement? json) =>
        json is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value ? value.Deserialize(type.TypeInfo) : null;

    private async Task AnswerAsync(
        HttpContext context, string uid, string? name, AdmissionResult result, CancellationToken cancellationToken)
    {
        var review = new AdmissionReview
        {
            Response = new()
            {
                Uid = uid,
                Allowed = result.IsAllowed,
                Patch = result.Patch is { } patch ? Encoding.UTF8.GetBytes(patch.ToJsonString()) : null,
                PatchType = result.Patch is null ? null : "JSONPatch",
                Warnings = result.Warnings.Count > 0 ? [.. result.Warnings.Take(MaxWarnings)] : null,
                Status = result.IsAllowed ? null : StatusOf(result, name),
            },
        };
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, review, AdmissionJsonContext.Default.AdmissionReview, cancellationToken);
    }

    private AdmissionStatus StatusOf(AdmissionResult result, string? name) => result.Code != StatusCodes.Status422UnprocessableEntity
        ? new() { Code = result.Code, Message = result.Message }
        : new()
        {
            Code = result.Code,
            Message = result.Message,
            Reason = "Invalid",
            Details = new()
            {
                Name = name,
                Group = type.Group,
                Kind = type.Kind,
                Causes = result.Causes.Count == 0
                    ? [new() { Message = result.Message }]
                    : [.. result.Causes.Select(cause => new AdmissionStatusCause { Field = cause.Field, Message = cause.Message })],
            },
        };

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
