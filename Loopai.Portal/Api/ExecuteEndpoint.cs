using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Portal.Api;

/// <summary>
/// <c>POST /tasks/execute</c>, which customers' traffic hits: the body is parsed once in place, and the answer written straight to the response,
/// past model binding and serializers. Accepts the same members as any other endpoint, in camelCase and snake_case.
/// </summary>
public static class ExecuteEndpoint
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = false };

    public static async Task HandleAsync(HttpContext http, ExecutionService executions, Guid? taskId)
    {
        var caller = http.Features.Get<CallerFeature>()!.Caller;
        var body = await ReadBodyAsync(http.Request);
        ExecutionOutcome outcome;
        bool withConfidence;
        try
        {
            (outcome, withConfidence) = await ExecuteAsync(caller, body, executions, taskId, http.RequestAborted);
        }
        finally
        {
            // Kestrel closes the connection of a request that ends in the middle of a read.
            http.Request.BodyReader.AdvanceTo(body.End);
        }

        await AnswerAsync(http, outcome, withConfidence);
    }

    public static async ValueTask AnswerAsync(HttpContext http, ExecutionOutcome outcome, bool withConfidence)
    {
        if (outcome.IsSuccess)
        {
            await WriteAsync(http.Response, outcome, withConfidence);
        }
        else
        {
            if (outcome.Failure is ForbiddenException refused)
            {
                http.RequestServices.GetRequiredService<RefusalLog>().Note(refused, http.Features.Get<CallerFeature>()?.Caller);
            }

            await Problems.WriteAsync(http, Problems.Describe(outcome.Failure!)!);
        }
    }

    private static async ValueTask<(ExecutionOutcome Outcome, bool WithConfidence)> ExecuteAsync(
        Caller caller, ReadOnlySequence<byte> body, ExecutionService executions, Guid? taskId, CancellationToken ct)
    {
        // One segment, the usual case, is parsed where it lies in the pipe.
        var json = body.IsSingleSegment ? body.First : body.ToArray();
        if (!CleanText.IsClean(json.Span))
        {
            throw new JsonException(CleanText.Rule);
        }

        using var document = JsonDocument.Parse(json, Reading);
        var (request, withConfidence) = Read(document.RootElement, taskId);
        return (await executions.ExecuteAsync(caller, request, ct), withConfidence);
    }

    /// <summary>The whole body, left in the pipe: the caller advances past it when done.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadBodyAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static (ExecutionRequest Request, bool WithConfidence) Read(JsonElement body, Guid? taskId)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidException("request.json", "body", "The body is a JSON object with 'taskId' and 'input'.");
        }

        var fields = new ExecuteFields(taskId);
        foreach (var member in body.EnumerateObject())
        {
            fields.Read(member);
        }

        return fields.Finish();
    }

    private static ValueTask WriteAsync(HttpResponse response, in ExecutionOutcome outcome, bool withConfidence)
    {
        var execution = outcome.Execution!;
        response.ContentType = "application/json; charset=utf-8";
        using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, execution.Id);
            json.WriteString("executionId"u8, execution.Id);
            json.WriteString("taskId"u8, execution.TaskId);
            json.WriteNumber("version"u8, execution.Version);
            json.WriteString("status"u8, "success"u8);
            json.WritePropertyName("output"u8);
            json.WriteRawValue(execution.Output!, skipInputValidation: true);
            if (withConfidence && execution.Confidence is { } confidence)
            {
                json.WriteNumber("confidence"u8, Math.Round(confidence, 6));
            }

            json.WriteNumber("latencyMs"u8, execution.LatencyUs / 1000.0);
            json.WriteBoolean("sampledForValidation"u8, execution.SampledBy is not null);
            json.WriteString("executedAt"u8, execution.ExecutedAt.UtcDateTime);
            if (outcome.Variant is { } variant)
            {
                json.WritePropertyName("experiment"u8);
                json.WriteRawValue(variant.Json.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        var flush = response.BodyWriter.FlushAsync();
        return flush.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(flush.AsTask());
    }

    /// <summary>Collects the members of the body, and every fault among them.</summary>
    private struct ExecuteFields(Guid? routeTaskId)
    {
        private readonly bool _isFixed = routeTaskId is not null;
        private Guid? _taskId = routeTaskId;
        private JsonElement _input;
        private JsonElement _attributes;
        private int? _version;
        private string? _unit;
        private int? _timeoutMs;
        private bool _force;
        private bool _confidence = true;
        private DateTimeOffset? _executedAt;
        private FieldErrors? _errors;

        public void Read(JsonProperty member)
        {
            var value = member.Value;
            if (member.NameEquals("input"u8))
            {
                _input = value;
            }
            else if (member.NameEquals("taskId"u8) || member.NameEquals("task_id"u8))
            {
                if (value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id) && (!_isFixed || id == _taskId))
                {
                    _taskId = id;
                }
                else
                {
                    Wrong("taskId", !_isFixed ? "taskId is the UUID of a task." : "taskId is not the task of this address; leave it out.");
                }
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                ReadOption(member.Name, value);
            }
        }

        public readonly (ExecutionRequest Request, bool WithConfidence) Finish()
        {
            var errors = _errors ?? (_taskId is null ? new FieldErrors().Add("taskId", "Name the task to execute.") : null);
            errors?.ThrowIfAny("execution.invalid", "The execution cannot be taken as it stands.");
            var request = new ExecutionRequest
            {
                TaskId = _taskId!.Value,
                Input = _input,
                Attributes = _attributes,
                Version = _version,
                Unit = _unit,
                TimeoutMs = _timeoutMs,
                ForceValidation = _force,
                ExecutedAt = _executedAt,
                Source = ExecutionSource.Api,
            };
            return (request, _confidence);
        }

        private void ReadOption(string name, JsonElement value)
        {
            switch (name)
            {
                case "version":
                    _version = Integer(name, value, "version is a whole number: 1, 2, 3.");
                    break;
                case "unit":
                    _unit = value.ValueKind == JsonValueKind.String ? value.GetString() : Wrong(name, "unit is a string that names a user or session.");
                    break;
                case "attributes":
                    _attributes = value;
                    _ = value.ValueKind == JsonValueKind.Object ? null : Wrong(name, "attributes is a JSON object of what is known of the request.");
                    break;
                case "timeoutMs" or "timeout_ms":
                    _timeoutMs = Integer("timeoutMs", value, "timeoutMs is a whole number of milliseconds.");
                    break;
                case "forceValidation" or "force_validation":
                    _force = Flag("forceValidation", value);
                    break;
                case "confidence":
                    _confidence = Flag(name, value);
                    break;
                case "executedAt" or "executed_at":
                    _executedAt = value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(
                        value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
                    _ = _executedAt is null ? Wrong("executedAt", "executedAt is an RFC 3339 time.") : null;
                    break;
                default:
                    Wrong(name, "This endpoint does not know this field. Known: taskId, input, version, unit, attributes, timeoutMs, forceValidation, confidence.");
                    break;
            }
        }

        private int? Integer(string field, JsonElement value, string rule)
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            {
                return number;
            }

            Wrong(field, rule);
            return null;
        }

        private bool Flag(string field, JsonElement value)
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return value.ValueKind == JsonValueKind.True;
            }

            Wrong(field, $"{field} is true or false.");
            return false;
        }

        private string? Wrong(string field, string rule)
        {
            (_errors ??= new FieldErrors()).Add(field, rule);
            return null;
        }
    }
}
