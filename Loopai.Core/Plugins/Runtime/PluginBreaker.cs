namespace Loopai.Core.Plugins.Runtime;

/// <summary>Leaves a plugin alone that fails: after the third failure for a second, then for twice as long each time, and after the tenth for good.</summary>
internal sealed class PluginBreaker
{
    public const int PausesAt = 3;
    public const int QuarantinesAt = 10;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _failures;
    private int _late;
    private DateTimeOffset _pausedUntil;

    private int Bad => Math.Max(_failures, _late);

    /// <summary>Whether a call would be refused.</summary>
    public bool IsPaused(DateTimeOffset now)
    {
        lock (_gate)
        {
            return Bad >= PausesAt && now < _pausedUntil;
        }
    }

    /// <summary>After a pause one call goes ahead of the others, to see.</summary>
    public bool MayCall(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Bad < PausesAt)
            {
                return true;
            }

            if (now < _pausedUntil)
            {
                return false;
            }

            _pausedUntil = now + PauseAfter(Bad);
            return true;
        }
    }

    /// <summary>Pauses as failures do. Calls that were under way when the pause began do not make it longer.</summary>
    public void Late(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Bad < PausesAt || now >= _pausedUntil)
            {
                _late++;
                _pausedUntil = now + PauseAfter(Bad);
            }
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            (_failures, _late) = (0, 0);
        }
    }

    /// <summary>True when that was one too many.</summary>
    public bool Failed(DateTimeOffset now)
    {
        lock (_gate)
        {
            _failures++;
            _pausedUntil = now + PauseAfter(Bad);
            return _failures >= QuarantinesAt;
        }
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(failures - PausesAt, 0, 10)));
        return pause < Longest ? pause : Longest;
    }
}
