using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Portal.Demo;

/// <summary>What a person or a script needs to sign in after the first start: <c>first-run.json</c>.</summary>
internal sealed record FirstRun(string Url, string Email, string Password, string Organization, string ApiKey);

/// <summary>How far the demo came, for the next start: <c>demo.json</c>.</summary>
/// <param name="Email">The owner's account.</param>
/// <param name="Password">Its password, until <c>first-run.json</c> holds it.</param>
/// <param name="FinishedAt">Null while something is left to do.</param>
internal sealed record DemoState(string Email, string? Password, DateTimeOffset? FinishedAt);

/// <summary>The demo's two files in the data folder. Only their owner can read them, and a reader never sees half of one.</summary>
internal sealed class DemoFiles(string dataDirectory)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string FirstRunPath => Path.Combine(dataDirectory, "first-run.json");

    /// <summary>The folder of what the demo fetches.</summary>
    public string Folder => Path.Combine(dataDirectory, "demo");

    private string StatePath => Path.Combine(dataDirectory, "demo.json");

    public FirstRun? ReadFirstRun() => Read<FirstRun>(FirstRunPath);

    public DemoState? ReadState() => Read<DemoState>(StatePath);

    public void Write(FirstRun firstRun) => Write(FirstRunPath, firstRun);

    public void Write(DemoState state) => Write(StatePath, state);

    private static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private void Write<T>(string path, T value)
    {
        Directory.CreateDirectory(dataDirectory);
        var arriving = path + ".new";
        File.Delete(arriving);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(arriving, options))
        {
            JsonSerializer.Serialize(file, value, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(arriving, path, overwrite: true);
    }
}
