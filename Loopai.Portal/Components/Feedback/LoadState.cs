using System.Diagnostics;

namespace Loopai.Portal.Components.Feedback;

/// <summary>What a page knows about its data: it is coming, it failed, or it is here. Fresh data may be on its way behind what is shown.</summary>
public abstract record LoadState<T>
{
    public static readonly LoadState<T> Loading = new Waiting();

    public static LoadState<T> Of(T value) => new Loaded(value);

    public static LoadState<T> Failed(Exception error) => new Broken(LoadFailure.Of(error));

    /// <summary>The data when it is here, otherwise nothing.</summary>
    public T? ValueOrDefault => this is Loaded loaded ? loaded.Value : default;

    public sealed record Waiting : LoadState<T>;

    public sealed record Loaded(T Value) : LoadState<T>;

    public sealed record Broken(LoadFailure Failure) : LoadState<T>;
}

public static class LoadState
{
    /// <summary>Runs the load and keeps how it ended. Cancellation is not a failure: it passes through to the caller who asked for it.</summary>
    public static async Task<LoadState<T>> FromAsync<T>(Func<Task<T>> load)
    {
        try
        {
            return LoadState<T>.Of(await load());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return LoadState<T>.Failed(error);
        }
    }
}

/// <param name="Title">What happened.</param>
/// <param name="Advice">What to do.</param>
/// <param name="TraceId">What support asks for; null when the failure explains itself.</param>
public sealed record LoadFailure(string Title, string Advice, string? TraceId = null)
{
    /// <summary>Puts a failure into words. The start-up replaces this where the domain names its failures; anything else is unexpected.</summary>
    public static Func<Exception, LoadFailure?> Translate { get; set; } = static _ => null;

    public static LoadFailure Of(Exception error) => Translate(error) ?? Unexpected();

    public static LoadFailure Unexpected(string? traceId = null) => new(
        "This could not be loaded",
        "Something failed on our side. Try again; if it stays, give your administrator the trace id.",
        traceId ?? Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString());
}
