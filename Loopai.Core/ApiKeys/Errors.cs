using Loopai.Core.Errors;

namespace Loopai.Core.ApiKeys;

internal static class ApiKeyErrors
{
    public static NotFoundException NotFound(Guid id) => new("key.not_found", $"There is no API key {id} in this organization.");
}
