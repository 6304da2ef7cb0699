using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>Rules of signing in.</summary>
public sealed class AccountsSettings
{
    /// <summary>The shortest password.</summary>
    [Range(8, 128)]
    public int MinPasswordLength { get; init; } = 12;

    /// <summary>How many wrong passwords in a row lock an account; ten times as many lock an address.</summary>
    [Range(1, 100)]
    public int LockoutAttempts { get; init; } = 5;

    /// <summary>The longest lock, in minutes. The first is a minute, and each further failure doubles it.</summary>
    [Range(1, 1440)]
    public int LockoutMinutes { get; init; } = 15;

    /// <summary>How long a session lasts without use.</summary>
    [Range(1, 8760)]
    public int SessionHours { get; init; } = 12;
}
