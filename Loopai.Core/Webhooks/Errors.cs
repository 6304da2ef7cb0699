using Loopai.Core.Errors;

namespace Loopai.Core.Webhooks;

internal static class WebhookErrors
{
    public static NotFoundException NotFound(Guid id) => new("webhook.not_found", $"There is no webhook {id} in this organization.");

    public static NotFoundException DeliveryNotFound(Guid id) => new("webhook.delivery_not_found", $"There is no delivery {id} of this webhook. Deliveries are kept as long as executions are.");

    public static LimitExceededException TooMany(int most) => new("webhook.too_many", $"An organization has at most {most} webhooks. Delete one that nobody needs any more.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("webhook.changed_meanwhile", "Somebody else changed this webhook since you read it. Read it again and repeat your change.");

    public static ConflictException Off(string name) => new("webhook.off", $"The webhook '{name}' is off. Switch it on before you replay what it missed.");

    public static ConflictException TestNotReplayed() => new("webhook.test_not_replayed", "A test is not replayed. Send another one.");

    public static ConflictException NothingToReplay() => new("webhook.still_due", "This delivery has not been given up: its next attempt is due already.");

    public static LimitExceededException TooManyToReplay(int count, int most) =>
        new("webhook.replay_too_many", $"{count} deliveries are too many for one replay; at most {most} go at once. Choose a shorter time.");
}
