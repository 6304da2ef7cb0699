using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.Postgres.Migrations
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
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "experiment_id",
                table: "validations",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "validations",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "variant",
                table: "validations",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "tasks",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "cost",
                table: "executions",
                type: "numeric(20,12)",
                precision: 20,
                scale: 12,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "price_id",
                table: "executions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "executions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "key_id",
                table: "execution_rollups",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<Guid>(
                name: "team_id",
                table: "execution_rollups",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<Guid>(
                name: "experiment_id",
                table: "execution_rollups",
                type: "uuid",
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
                type: "numeric(28,12)",
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    environment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    text = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    url = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    created_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    board = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false)
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: true),
                    owner_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    is_shared = table.Column<bool>(type: "boolean", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    environment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    team_id = table.Column<Guid>(type: "uuid", nullable: false),
                    experiment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    variant = table.Column<short>(type: "smallint", nullable: false),
                    level = table.Column<short>(type: "smallint", nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    correction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    validated = table.Column<long>(type: "bigint", nullable: false),
                    matched = table.Column<long>(type: "bigint", nullable: false),
                    weights = table.Column<decimal>(type: "numeric(28,9)", precision: 28, scale: 9, nullable: false),
                    matched_weights = table.Column<decimal>(type: "numeric(28,9)", precision: 28, scale: 9, nullable: false),
                    squared_weights = table.Column<decimal>(type: "numeric(28,9)", precision: 28, scale: 9, nullable: false)
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

            // What ran before had no price. The owner is bound by row-level security, too, until start-up says so again.
            migrationBuilder.Sql(
                """
                ALTER TABLE execution_rollups NO FORCE ROW LEVEL SECURITY;
                ALTER TABLE validations NO FORCE ROW LEVEL SECURITY;
                UPDATE execution_rollups SET unpriced = executions;
                """);

            // Days are kept from now on. An hour that was counted before becomes a part of its day, under a writer of its own: readers add writers up.
            migrationBuilder.Sql(
                """
                INSERT INTO execution_rollups (organization_id, environment_id, task_id, version, level, starts_at, writer_id, executions, errors, timeouts,
                  invalid_outputs, sampled, latency_sum_us, latencies, key_id, team_id, experiment_id, variant, cost, unpriced)
                SELECT organization_id, environment_id, task_id, version, 2, date_trunc('day', starts_at, 'UTC'), gen_random_uuid(), executions, errors, timeouts,
                  invalid_outputs, sampled, latency_sum_us, latencies, key_id, team_id, experiment_id, variant, cost, unpriced
                FROM execution_rollups WHERE level = 1
                """);
            migrationBuilder.Sql(
                """
                INSERT INTO verdict_rollups (organization_id, level, starts_at, task_id, version, environment_id, key_id, team_id, experiment_id, variant, correction_id,
                  validated, matched, weights, matched_weights, squared_weights)
                SELECT v.organization_id, l.level, date_trunc(l.unit, v.executed_at, 'UTC'), v.task_id, v.version, v.environment_id,
                  '00000000-0000-0000-0000-000000000000'::uuid, '00000000-0000-0000-0000-000000000000'::uuid, '00000000-0000-0000-0000-000000000000'::uuid, -1,
                  '00000000-0000-0000-0000-000000000000'::uuid, count(*), count(*) FILTER (WHERE v.status = 'Matched'), sum(round((1 / v.probability)::numeric, 9)),
                  coalesce(sum(round((1 / v.probability)::numeric, 9)) FILTER (WHERE v.status = 'Matched'), 0), sum(round((1 / (v.probability * v.probability))::numeric, 9))
                FROM validations AS v CROSS JOIN (VALUES (0::smallint, 'minute'), (1, 'hour'), (2, 'day')) AS l(level, unit)
                WHERE v.probability IS NOT NULL AND v.status IN ('Matched', 'Mismatched')
                GROUP BY 1, 2, 3, 4, 5, 6
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
