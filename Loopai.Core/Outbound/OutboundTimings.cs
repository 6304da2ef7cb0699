namespace Loopai.Core.Outbound;

/// <summary>How long the guarded client took for the name and the connection of a request that carries one; both stay null on a connection that stood already.</summary>
public sealed class OutboundTimings
{
    public static readonly HttpRequestOptionsKey<OutboundTimings> Key = new("Loopai.Timings");

    public TimeSpan? Dns { get; set; }

    public TimeSpan? Connect { get; set; }
}
