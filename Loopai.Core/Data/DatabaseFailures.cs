using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Data;

/// <summary>Tells what a provider's exception means, without naming the provider.</summary>
public static class DatabaseFailures
{
    /// <summary>Whether somebody else wrote the same rows at the same time: a unique index or a deadlock let one through.</summary>
    public static bool IsRace(this DbUpdateException exception) =>
        exception is DbUpdateConcurrencyException || (exception.InnerException is DbException inner && IsRace(inner));

    /// <summary>Whether a unique index refused the row: there is one already.</summary>
    public static bool IsDuplicate(this DbException exception) => exception.SqlState is "23505" || exception.Data["HelpLink.EvtID"] is "2601" or "2627";

    /// <inheritdoc cref="IsRace(DbUpdateException)"/>
    public static bool IsRace(this DbException exception) =>

        // PostgreSQL: deadlock_detected. SQL Server keeps its numbers under this name.
        exception.IsDuplicate() || exception.SqlState is "40P01" || exception.Data["HelpLink.EvtID"] is "1205";
}
