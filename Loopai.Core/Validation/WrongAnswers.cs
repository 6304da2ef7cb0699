using Loopai.Core.Data;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Validation;

/// <summary>News of answers that were found wrong.</summary>
internal static class WrongAnswers
{
    /// <param name="db">The unit of work in which it was decided.</param>
    /// <param name="validation">The validation.</param>
    /// <param name="decidedBy">Who found it.</param>
    public static void PublishWrong(this LoopaiDbContext db, ValidationRecord validation, string? decidedBy) => db.Publish(
        validation.OrganizationId, WebhookTypes.ValidationFailed,
        new { validationId = validation.Id, validation.ExecutionId, validation.TaskId, validation.Version, decidedBy }, validation.EnvironmentId, validation.TaskId);
}
