namespace Loopai.Core.Plugins.Packages;

/// <summary>What a plugin is for, and with that, which hook it has.</summary>
public enum PluginKind
{
    /// <summary>Gives a verdict on an execution.</summary>
    Validator,

    /// <summary>Decides which executions are validated.</summary>
    Sampler,

    /// <summary>Turns an event into what a webhook sends.</summary>
    WebhookHandler,
}

/// <summary>What a plugin is written in.</summary>
public enum PluginLanguage
{
    Python,
    JavaScript,
}

/// <summary>How kinds and languages are written in a manifest, and what follows from them.</summary>
public static class PluginWords
{
    public static string Name(this PluginKind kind) => kind switch
    {
        PluginKind.Validator => "validator",
        PluginKind.Sampler => "sampler",
        PluginKind.WebhookHandler => "webhook-handler",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The function that a package of this kind has.</summary>
    public static string Hook(this PluginKind kind) => kind switch
    {
        PluginKind.Validator => "validate",
        PluginKind.Sampler => "sample",
        PluginKind.WebhookHandler => "handle",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Name(this PluginLanguage language) => language switch
    {
        PluginLanguage.Python => "python",
        PluginLanguage.JavaScript => "javascript",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
    };

    /// <summary>How files of the language end.</summary>
    public static string Extension(this PluginLanguage language) => language switch
    {
        PluginLanguage.Python => ".py",
        PluginLanguage.JavaScript => ".js",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
    };
}
