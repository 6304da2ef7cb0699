using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Schemas;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Checks a configuration against its plugin's schema, and takes the secrets out of it.</summary>
internal static class InstallationConfiguration
{
    private const int MaxLength = 64 * 1024;

    /// <summary>The configuration without its secrets, and those apart. What is wrong is added to the errors, under <c>configuration.field</c>.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="manifest">The plugin's.</param>
    /// <param name="given">What was given; null for nothing.</param>
    /// <param name="known">The secrets that are set already.</param>
    public static (string Json, Dictionary<string, string> Secrets) Check(
        FieldErrors errors, PluginManifest manifest, JsonElement? given, IReadOnlyDictionary<string, string> known)
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        if (given is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null) } || given?.GetRawText().Length > MaxLength)
        {
            errors.Add("configuration", $"The configuration is an object of at most {MaxLength / 1024} KB.");
            return ("{}", secrets);
        }

        var whole = given is { ValueKind: JsonValueKind.Object } value ? JsonObject.Create(value.Clone())! : [];
        foreach (var name in manifest.Capabilities.Secrets.Where(whole.ContainsKey))
        {
            if (whole[name] is JsonValue secret && secret.TryGetValue<string>(out var text) && text.Length > 0)
            {
                secrets[name] = text == PluginSecrets.Masked && known.TryGetValue(name, out var kept) ? kept : text;
                whole[name] = secrets[name];
            }
            else
            {
                whole.Remove(name);
            }
        }

        var schema = JsonSchema.Compile(manifest.Configuration.ToJsonString());
        foreach (var fault in schema.Validate(JsonSerializer.SerializeToElement(whole)))
        {
            errors.Add(FieldOf(fault), fault.Message);
        }

        foreach (var name in secrets.Keys)
        {
            whole.Remove(name);
        }

        return (whole.ToJsonString(), secrets);
    }

    /// <summary>The configuration as it is shown: secrets that are set stand as <see cref="PluginSecrets.Masked"/>.</summary>
    public static JsonObject Shown(PluginInstallation installation)
    {
        var shown = JsonNode.Parse(installation.Configuration)!.AsObject();
        foreach (var name in installation.SecretNames)
        {
            shown[name] = PluginSecrets.Masked;
        }

        return shown;
    }

    private static string FieldOf(SchemaError fault) =>
        fault.InstancePointer.Length == 0 ? "configuration" : "configuration" + fault.InstancePointer.Replace('/', '.').Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
