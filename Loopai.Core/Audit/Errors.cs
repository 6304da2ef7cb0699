using Loopai.Core.Errors;

namespace Loopai.Core.Audit;

internal static class AuditErrors
{
    public static NotFoundException NotFound(Guid id) => new("audit.not_found", $"There is no audit event {id} in this organization.");

    public static NotFoundException StreamNotFound(Guid id) => new("audit.stream_not_found", $"There is no audit stream {id} in this organization.");

    public static LimitExceededException TooManyStreams(int most) => new("audit.streams", $"An organization has at most {most} audit streams. Delete one first.");

    public static ConflictException NothingToSign() => new("audit.empty", "The log has no event yet, so there is nothing to sign.");
}
