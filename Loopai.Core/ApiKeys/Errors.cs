using Loopai.Core.Errors;

namespace Loopai.Core.ApiKeys;

internal static class ApiKeyErrors
{
    public static NotFoundException NotFound(Guid id) => new("key.not_found", $"There is no API key {id} in this organization.");

    public static NotFoundException SecretNotFound(Guid id) => new("key.secret_not_found", $"The key has no secret {id}.");

    public static NotFoundException ServiceAccountNotFound(Guid id) => new("service_account.not_found", $"There is no service account {id} in this organization.");

    public static ConflictException Over(string name) => new("key.over", $"{name} is revoked or has expired. Make a new key.");

    public static ConflictException Rotating(string name) => new(
        "key.rotating", $"{name} has two secrets already. Revoke the old one, or wait until it ends, then rotate again.");

    public static ConflictException SomebodyElses(string name) => new(
        "key.not_yours", $"{name} acts for the person it belongs to, so nobody else can have a new secret of it. That person rotates it; you can revoke it.");

    public static ConflictException OtherEnvironment(string name) => new("key.other_environment", $"{name} is for another environment. A key rotates keys of its own environment only.");

    public static ConflictException LastSecret(string name) => new("key.last_secret", $"This is the only secret of {name}. Rotate the key first, or revoke the whole key.");

    public static ConflictException NameTaken(string name) => new("service_account.name_taken", $"There is a service account '{name}' already.");
}
