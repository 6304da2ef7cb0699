using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AddAnalytics : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_execution_rollups",
                table: "execution_rollups");

            migrationBuilder.AddColumn<Guid>(
                name: "api_key_id",
                table: "validations",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "experiment_id",
                table: "validations",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "validations",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "variant",
                table: "validations",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "tasks",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "cost",
                table: "executions",
                type: "decimal(20,12)",
                precision: 20,
                scale: 12,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "price_id",
                table: "executions",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "executions",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "key_id",
                table: "execution_rollups",
                type: "uniqueidentifier",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "execution_rollups",
                type: "uniqueidentifier",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<Guid>(
                name: "experiment_id",
                table: "execution_rollups",
                type: "uniqueidentifier",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<short>(
                name: "variant",
                table: "execution_rollups",
                type: "smallint",
                nullable: false,
                defaultValue: (short)-1);

            migrationBuilder.AddColumn<decimal>(
                name: "cost",
                table: "execution_rollups",
                type: "decimal(28,12)",
                precision: 28,
                scale: 12,
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.AddColumn<long>(
                name: "unpriced",
                table: "execution_rollups",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddPrimaryKey(
                name: "pk_execution_rollups",
                table: "execution_rollups",
                columns: new[] { "organization_id", "level", "starts_at", "task_id", "version", "environment_id", "key_id", "team_id", "experiment_id", "variant", "writer_id" });

            migrationBuilder.CreateTable(
                name: "annotations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    environment_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    task_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    title = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    text = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false),
                    url = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_annotations", x => x.id);
                    table.ForeignKey(
                        name: "fk_annotations_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dashboard_stars",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    board = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dashboard_stars", x => new { x.organization_id, x.user_id, x.board });
                    table.ForeignKey(
                        name: "fk_dashboard_stars_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dashboards",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    description = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false),
                    owner_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    owner_name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    is_shared = table.Column<bool>(type: "bit", nullable: false),
                    content = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    revision = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dashboards", x => x.id);
                    table.ForeignKey(
                        name: "fk_dashboards_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "verdict_rollups",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    environment_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    task_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    version = table.Column<int>(type: "int", nullable: false),
                    key_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    team_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    experiment_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    variant = table.Column<short>(type: "smallint", nullable: false),
                    level = table.Column<short>(type: "smallint", nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    correction_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    validated = table.Column<long>(type: "bigint", nullable: false),
                    matched = table.Column<long>(type: "bigint", nullable: false),
                    weights = table.Column<decimal>(type: "decimal(28,9)", precision: 28, scale: 9, nullable: false),
                    matched_weights = table.Column<decimal>(type: "decimal(28,9)", precision: 28, scale: 9, nullable: false),
                    squared_weights = table.Column<decimal>(type: "decimal(28,9)", precision: 28, scale: 9, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_verdict_rollups", x => new { x.organization_id, x.level, x.starts_at, x.task_id, x.version, x.environment_id, x.key_id, x.team_id, x.experiment_id, x.variant, x.correction_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_annotations_organization_id_environment_id_at",
                table: "annotations",
                columns: new[] { "organization_id", "environment_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_dashboards_organization_id_name",
                table: "dashboards",
                columns: new[] { "organization_id", "name" });

            // What ran before had no price.
            migrationBuilder.Sql(
                """
                EXEC sp_set_session_context N'scope', N'system';
                UPDATE dbo.[execution_rollups] SET [unpriced] = [executions];
                """);

            // Days are kept from now on. An hour that was counted before becomes a part of its day, under a writer of its own: readers add writers up.
            migrationBuilder.Sql(
                """
                INSERT INTO dbo.[execution_rollups] ([organization_id], [environment_id], [task_id], [version], [level], [starts_at], [writer_id], [executions], [errors],
                  [timeouts], [invalid_outputs], [sampled], [latency_sum_us], [latencies], [key_id], [team_id], [experiment_id], [variant], [cost], [unpriced])
                SELECT [organization_id], [environment_id], [task_id], [version], 2,
                  TODATETIMEOFFSET(DATEADD(day, DATEDIFF(day, '20200101', SWITCHOFFSET([starts_at], 0)), CAST('20200101' AS datetime2)), 0), NEWID(), [executions], [errors],
                  [timeouts], [invalid_outputs], [sampled], [latency_sum_us], [latencies], [key_id], [team_id], [experiment_id], [variant], [cost], [unpriced]
                FROM dbo.[execution_rollups] WHERE [level] = 1
                """);
            migrationBuilder.Sql(
                """
                INSERT INTO dbo.[verdict_rollups] ([organization_id], [level], [starts_at], [task_id], [version], [environment_id], [key_id], [team_id], [experiment_id], [variant],
                  [correction_id], [validated], [matched], [weights], [matched_weights], [squared_weights])
                SELECT v.[organization_id], l.[level], l.[starts_at], v.[task_id], v.[version], v.[environment_id], '00000000-0000-0000-0000-000000000000',
                  '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', -1, '00000000-0000-0000-0000-000000000000', COUNT_BIG(*),
                  SUM(CASE WHEN v.[status] = N'Matched' THEN CAST(1 AS bigint) ELSE 0 END), SUM(v.[weight]), SUM(CASE WHEN v.[status] = N'Matched' THEN v.[weight] ELSE 0 END),
                  SUM(v.[squared])
                FROM (SELECT *, CAST(ROUND(1 / [probability], 9) AS decimal(28,9)) AS [weight], CAST(ROUND(1 / ([probability] * [probability]), 9) AS decimal(28,9)) AS [squared]
                  FROM dbo.[validations] WHERE [probability] IS NOT NULL AND [status] IN (N'Matched', N'Mismatched')) AS v
                CROSS APPLY (VALUES
                  (CAST(0 AS smallint), TODATETIMEOFFSET(DATEADD(minute, DATEDIFF(minute, '20200101', SWITCHOFFSET(v.[executed_at], 0)), CAST('20200101' AS datetime2)), 0)),
                  (CAST(1 AS smallint), TODATETIMEOFFSET(DATEADD(hour, DATEDIFF(hour, '20200101', SWITCHOFFSET(v.[executed_at], 0)), CAST('20200101' AS datetime2)), 0)),
                  (CAST(2 AS smallint), TODATETIMEOFFSET(DATEADD(day, DATEDIFF(day, '20200101', SWITCHOFFSET(v.[executed_at], 0)), CAST('20200101' AS datetime2)), 0))
                ) AS l([level], [starts_at])
                GROUP BY v.[organization_id], l.[level], l.[starts_at], v.[task_id], v.[version], v.[environment_id]
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "annotations");

            migrationBuilder.DropTable(
                name: "dashboard_stars");

            migrationBuilder.DropTable(
                name: "dashboards");

            migrationBuilder.DropTable(
                name: "verdict_rollups");

            migrationBuilder.DropPrimaryKey(
                name: "pk_execution_rollups",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "api_key_id",
                table: "validations");

            migrationBuilder.DropColumn(
                name: "experiment_id",
                table: "validations");

            migrationBuilder.DropColumn(
                name: "team_id",
                table: "validations");

            migrationBuilder.DropColumn(
                name: "variant",
                table: "validations");

            migrationBuilder.DropColumn(
                name: "team_id",
                table: "tasks");

            migrationBuilder.DropColumn(
                name: "cost",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "price_id",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "team_id",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "key_id",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "team_id",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "experiment_id",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "variant",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "cost",
                table: "execution_rollups");

            migrationBuilder.DropColumn(
                name: "unpriced",
                table: "execution_rollups");

            migrationBuilder.AddPrimaryKey(
                name: "pk_execution_rollups",
                table: "execution_rollups",
                columns: new[] { "organization_id", "level", "starts_at", "task_id", "version", "environment_id", "writer_id" });
        }
    }
}
