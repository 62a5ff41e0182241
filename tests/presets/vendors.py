"""A small export in the shape of each vendor's, and the canonical rows that a person reads in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shape:
    """An export: its text, the source options a person would write, and what its rows mean."""

    preset: str
    text: str
    rows: list[dict[str, Any]]
    options: dict[str, Any] = field(default_factory=dict)
    encoding: str = "utf-8"


SHAPES: dict[str, Shape] = {
    "zendesk": Shape(
        "zendesk",
        "Id,Requester,Assignee,Group,Subject,Status,Priority,Via,Ticket type,Created at,Updated at,Solved at,"
        "Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes,"
        "First reply time in minutes within business hours,Requester wait time in minutes,Kind of device [list]\n"
        "35436,Ann,Bob,Support,Help,Solved,Urgent,Mail,Incident,2026-01-05 09:00,2026-01-06 10:00,2026-01-05 11:30,"
        "Good,1,3,0,2,25,20,150,Laptop\n"
        "35437,Cy,-,Support,Slow,On-hold,Normal,Web form,Question,2026-07-05 09:00:30,2026-07-06 10:00,,"
        "Offered,2,1,1,0,,,90,-\n",
        [
            {
                "ticket_id": "35436", "created_at": "2026-01-05T09:00:00", "resolved_at": "2026-01-05T11:30:00",
                "status": "resolved", "priority": "critical", "reassignment_count": 2, "satisfied": True,
                "type": "incident",
                "first_reply_minutes": 25, "first_reply_business_minutes": 20, "requester_wait_minutes": 150,
                "agent": "Bob", "reply_count": 2, "kind_of_device_list": "Laptop",
            },
            {
                "ticket_id": "35437", "created_at": "2026-07-05T09:00:30", "resolved_at": None, "status": "on_hold",
                "priority": "medium", "reassignment_count": 1, "satisfied": None, "first_reply_minutes": None,
                "agent": None, "reopen_count": 1, "kind_of_device_list": None,
            },
        ],
    ),
    "jira": Shape(
        "jira_service_management",
        "Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Reporter,Created,Updated,"
        "Resolved,Comment,Comment,"
        "Custom field (Request Type),Custom field (Time to first response),Custom field (Time to resolution),"
        "Custom field ([CHART] Date of First Response)\n"
        "Mail,SD-1,10001,Service Request,Done,Highest,Bob,Ann,15/Nov/23 10:22 AM,15/Nov/23 1:00 PM,"
        "15/Nov/23 12:05 PM,a,b,"
        "Get help,0:30,-1:30,2023-11-15 10:40:00.0\n"
        "VPN,SD-2,10002,Incident,Waiting for customer,Low,,Cy,16/Nov/23 12:05 AM,16/Nov/23 1:00 PM,,a,,"
        "Get help,-0:00,120:15,\n"
        "Key,SD-3,10003,Incident,Closed,Medium,Bob,Cy,16/Nov/23 12:00 PM,17/Nov/23 1:00 PM,17/Nov/23 9:00 AM,,,"
        "Access,4:00,2:00,2023-11-16 12:30:00.25\n",
        [
            {
                "ticket_id": "SD-1", "type": "request",
                "created_at": "2023-11-15T10:22:00", "resolved_at": "2023-11-15T12:05:00",
                "status": "resolved", "priority": "critical", "first_response_remaining_minutes": 30,
                "resolution_remaining_minutes": -90, "sla_met": False, "first_response_sla_met": True,
                "first_response_at": "2023-11-15T10:40:00", "category": "Get help", "comment_2": "b",
            },
            {
                "ticket_id": "SD-2", "created_at": "2023-11-16T00:05:00", "resolved_at": None, "status": "pending",
                "resolution_remaining_minutes": 7215, "sla_met": None, "first_response_remaining_minutes": 0,
                "first_response_sla_met": False, "agent": None,
            },
            {"ticket_id": "SD-3", "sla_met": True, "status": "closed", "priority": "medium"},
        ],
    ),
    "jira_spanish": Shape(
        "jira_service_management",
        "Resumen,Clave de incidencia,Estado,Prioridad,Creada,Resuelta,Campo personalizado (Time to resolution)\n"
        "Correo,SD-1,Closed,High,15/Nov/23 10:22 AM,15/Nov/23 11:22 AM,-0:05\n",
        [
            {
                "ticket_id": "SD-1", "created_at": "2023-11-15T10:22:00", "status": "closed", "priority": "high",
                "resolution_remaining_minutes": -5, "sla_met": False,
            }
        ],
    ),
    "jira_without_resolution": Shape(
        "jira_service_management",
        "Issue key,Issue Type,Status,Created,Resolved,Status Category,Status Category Changed\n"
        "W-1,Task,Done,05/Jan/26 9:00 AM,06/Jan/26 9:00 AM,Done,07/Jan/26 9:00 AM\n"
        "W-2,Task,Done,05/Jan/26 9:00 AM,,Done,08/Jan/26 9:00 AM\n"
        "W-3,Task,In Progress,05/Jan/26 9:00 AM,,In Progress,08/Jan/26 9:00 AM\n",
        [
            {"ticket_id": "W-1", "resolved_at": "2026-01-06T09:00:00", "status": "resolved"},
            {"ticket_id": "W-2", "resolved_at": "2026-01-08T09:00:00", "status": "resolved"},
            {"ticket_id": "W-3", "resolved_at": None, "status": "open"},
        ],
    ),
    "servicenow": Shape(
        "servicenow",
        "number,state,opened_at,resolved_at,closed_at,priority,contact_type,category,assignment_group,assigned_to,"
        "caller_id,short_description,made_sla,reopen_count,reassignment_count,calendar_stc,business_stc,"
        "calendar_duration,time_worked\n"
        "INC1,7,2026-01-05 09:00:00,2026-01-05 10:30:00,2026-01-06 10:30:00,1,phone,VPN,Net,Bob,Ann,No net,true,0,2,"
        "5400,1800,1970-01-01 01:30:00,1970-01-01 00:20:00\n"
        "INC2,On Hold,2026-01-05 11:00:00,,,4 - Low,email,VPN,Net,,Ann,Slow,false,1,0,,,,1970-01-02 02:30:00\n",
        [
            {
                "ticket_id": "INC1", "status": "closed", "priority": "critical", "sla_met": True,
                "created_at": "2026-01-05T09:00:00", "resolution_minutes": 90, "resolution_business_minutes": 30,
                "calendar_duration_minutes": 90, "handle_minutes": 20, "reassignment_count": 2,
            },
            {
                "ticket_id": "INC2", "status": "on_hold", "priority": "low", "sla_met": False, "resolved_at": None,
                "resolution_minutes": None, "handle_minutes": 1590,
            },
        ],
    ),
    "freshdesk": Shape(
        "freshdesk",
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
        "Last update time,Initial response time,Time tracked,First response time (in hrs),Resolution time (in hrs),"
        "Agent interactions,Customer interactions,Resolution status,First response status,Tags,Survey results,Product\n"
        "7,Help,Closed,Urgent,Email,Incident,Bob,Desk,2026-01-05 09:00:00,2026-01-05 17:00:00,2026-01-05 12:00:00,"
        "2026-01-06 12:00:00,2026-01-06 12:00:00,2026-01-05 09:10:00,00:45:00,00:10:30,103:00:00,2,1,Within SLA,"
        "SLA Violated,,,\n"
        "8,Slow,Waiting on Customer,Low,Portal,,,,2026-01-05 10:00:00,,,,2026-01-06 12:00:00,,00:00:00,,,0,1,,,,,\n",
        [
            {
                "ticket_id": "7", "status": "closed", "priority": "critical", "handle_minutes": 45,
                "first_response_business_minutes": 10.5, "resolution_business_minutes": 6180, "sla_met": True,
                "first_response_sla_met": False, "due_at": "2026-01-05T17:00:00",
                "first_response_at": "2026-01-05T09:10:00",
            },
            {"ticket_id": "8", "status": "pending", "priority": "low", "sla_met": None, "handle_minutes": 0},
        ],
    ),
    "freshservice": Shape(
        "freshservice",
        "Ticket Id,Subject,Status,Priority,Urgency,Impact,Source,Type,Category,Sub-Category,Item,Agent,Group,"
        "Requester Name,Requester Email,Requester Location,Created Time,Due by Time,Resolved Time,Closed Time,"
        "Last Updated Time,Initial Response Time,Time Tracked,First Response Time (in Hrs),Resolution Time (in Hrs),"
        "Resolution Status,First Response Status,Survey Result,Approval Status\n"
        "SR-7,Help,Resolved,High,High,Low,Email,Incident,Network,VPN,,Bob,Desk,Ann,ann@example.com,Leeds,"
        "2026-01-05 09:00:00,2026-01-05 17:00:00,2026-01-05 19:00:00,,2026-01-06 12:00:00,2026-01-05 09:10:00,"
        "01:15:00,00:10:00,10:00:00,SLA Violated,Within SLA,,\n",
        [
            {
                "ticket_id": "SR-7", "status": "resolved", "priority": "high", "category": "Network",
                "location": "Leeds", "handle_minutes": 75, "resolution_business_minutes": 600, "sla_met": False,
                "first_response_sla_met": True, "requester_email": "ann@example.com",
            }
        ],
    ),
    "osticket": Shape(
        "osticket",
        "Ticket Number;Date Created;Subject;From;From Email;Priority;Department;Help Topic;Source;Current Status;"
        "Last Updated;SLA Due Date;Due Date;Closed Date;Overdue;Merged;Linked;Answered;Agent Assigned;Team Assigned;"
        "Thread Count;Reopen Count\n"
        "100001;1/15/26 9:00 AM;Müll;Ann;ann@example.com;Emergency;Support;Network;Web;Closed;1/16/26 9:00 AM;"
        "1/15/26 5:00 PM;;1/15/26 5:00 PM;No;No;No;Yes;Bob;;3;1\n"
        "100002;1/15/26 12:30 PM;Slow;Cy;cy@example.com;Normal;Support;Network;Email;Open;1/16/26 9:00 AM;"
        "1/15/26 5:00 PM;;;Yes;No;No;No;;;1;0\n"
        "100003;1/31/26 12:30 AM;Slow;Cy;cy@example.com;Low;Support;Network;Email;Open;1/31/26 9:00 AM;"
        "2/1/26 5:00 PM;;;No;Yes;No;No;;;1;0\n",
        [
            {
                "ticket_id": "100001", "created_at": "2026-01-15T09:00:00", "resolved_at": "2026-01-15T17:00:00",
                "priority": "critical", "status": "closed", "sla_met": True, "subject": "Müll", "reopen_count": 1,
                "answered": True, "merged": False,
            },
            {"ticket_id": "100002", "created_at": "2026-01-15T12:30:00", "sla_met": False, "overdue": True},
            {"ticket_id": "100003", "created_at": "2026-01-31T00:30:00", "sla_met": None, "merged": True},
        ],
        {"delimiter": ";", "encoding": "latin-1", "timestamps": "%m/%d/%y %I:%M %p"},
        "latin-1",
    ),
    "zammad": Shape(
        "zammad",
        "#,Title,State,Priority,Group,Owner,Customer,Organization,Create Channel,Sender,Tags,Time Units Total,"
        "Pending till,Created At,Updated At,Closed At,Close Escalation At,Close In Min,Close Diff In Min,"
        "First Response At,First Response Escalation At,First Response In Min,"
        "First Response Diff In Min,Article Count\n"
        "81001,Help,closed,3 high,Desk,Bob,Ann,Acme,email,Customer,,15.5,,2026-01-05T09:00:00.000Z,"
        "2026-01-05T12:00:00.000Z,2026-01-05T11:00:00.000Z,2026-01-05T13:00:00.000Z,120,-5,2026-01-05T09:20:00.000Z,"
        "2026-01-05T10:00:00.000Z,20,40,3\n"
        "81002,Dup,merged,2 normal,Desk,,Ann,,web,Customer,,,,2026-01-05T09:30:00.000Z,2026-01-05T12:00:00.000Z,"
        ",2026-01-05T13:00:00.000Z,,,,,,,1\n",
        [
            {
                "ticket_id": "81001", "created_at": "2026-01-05T09:00:00", "status": "closed", "priority": "high",
                "merged": False, "handle_minutes": 15.5, "resolution_business_minutes": 120,
                "resolution_remaining_minutes": -5, "sla_met": False, "first_response_sla_met": True,
                "customer_group": "Acme", "article_count": 3,
            },
            {"ticket_id": "81002", "merged": True, "sla_met": None, "status": "closed", "priority": "medium"},
        ],
    ),
    "otrs": Shape(
        "otrs",
        "Number,Ticket#,Age,Title,Created,Last Changed,Close Time,Queue,State,Priority,Customer User,Customer ID,"
        "Accounted time,FirstResponse,FirstResponseInMin,FirstResponseDiffInMin,SolutionInMin,SolutionDiffInMin\n"
        "1,2023101610000012,5 h 34 m,Help,2023-10-16 09:40:43 (America/New_York),"
        "2023-10-16 15:00:00 (America/New_York),"
        "2023-10-16 15:14:43 (America/New_York),Desk,closed successful,5 very high,ann,Acme,12,"
        "2023-10-16 10:00:43 (America/New_York),20,40,334,-34\n"
        "2,2023121610000013,2 d 3 h,Slow,2023-12-16 09:40:43 (America/New_York),2023-12-16 15:00:00 (America/New_York),"
        ",Desk,pending auto close+,3 normal,ann,Acme,,,,,,\n",
        [
            {
                "ticket_id": "2023101610000012", "created_at": "2023-10-16T13:40:43", "status": "closed",
                "first_response_at": "2023-10-16T14:00:43", "priority": "critical", "age_minutes": 334,
                "resolution_business_minutes": 334, "sla_met": False, "first_response_sla_met": True, "merged": False,
                "customer_group": "Acme",
            },
            {
                "ticket_id": "2023121610000013", "created_at": "2023-12-16T14:40:43", "status": "pending",
                "age_minutes": 3060, "sla_met": None, "resolved_at": None,
            },
        ],
        {"timezone": "America/New_York"},
    ),
    "glpi": Shape(
        "glpi",
        "id,name,date,closedate,solvedate,date_mod,status,priority,urgency,impact,type,takeintoaccount_delay_stat,"
        "solve_delay_stat,close_delay_stat,waiting_duration,sla_waiting_duration,actiontime,"
        "time_to_own,time_to_resolve\n"
        "12,Help,2026-01-05 09:00:00,NULL,2026-01-05 10:30:00,2026-01-05 10:30:00,5,6,3,3,1,600,5400,0,0,0,1800,NULL,"
        "2026-01-05 10:00:00\n"
        "13,Slow,2026-01-05 09:00:00,\\N,0000-00-00 00:00:00,2026-01-05 10:30:00,4,3,3,3,2,0,0,0,120,0,0,NULL,"
        "2026-01-05 10:00:00\n",
        [
            {
                "ticket_id": "12", "status": "resolved", "priority": "critical", "type": "incident",
                "takeover_minutes": 10, "resolution_minutes": 90, "handle_minutes": 30, "sla_met": False,
                "closed_at": None, "due_at": "2026-01-05T10:00:00",
            },
            {
                "ticket_id": "13", "status": "pending", "resolved_at": None, "sla_met": None, "waiting_minutes": 2,
                "type": "request",
            },
        ],
    ),
    "glpi_search": Shape(
        "glpi",
        "ID;Title;Status;Last update;Opening date;Priority;Requester - Requester;Assigned to - Technician;Category;"
        "Time to resolve\n"
        "12;Help;Processing (assigned);2026-01-05 10:30;2026-01-05 09:00;Very high;Ann;Bob;Network;2026-01-05 13:00\n",
        [
            {
                "ticket_id": "12", "created_at": "2026-01-05T09:00:00", "status": "open", "priority": "critical",
                "requester": "Ann", "agent": "Bob", "category": "Network", "due_at": "2026-01-05T13:00:00",
            }
        ],
        {"delimiter": ";"},
    ),
}  # fmt: skip
