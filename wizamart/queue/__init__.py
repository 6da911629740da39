"""The queue: a row per task is the truth, written in the business transaction and claimed by a lease."""

from wizamart.queue import tasks as _tasks  # noqa: F401 - registers the queue's own tasks
from wizamart.queue.execution import progress_of, run_task
from wizamart.queue.extension import init_app, queue_state
from wizamart.queue.models import Lease, Task, TaskStatus
from wizamart.queue.registry import (
    SCHEDULES,
    TASKS,
    GiveUp,
    Schedule,
    TaskContext,
    TaskStopped,
    schedule,
    set_module_gate,
    set_platform_source,
    task,
)
from wizamart.queue.schedules import Scheduler
from wizamart.queue.service import (
    TaskNotFound,
    TaskStateRefuses,
    cancel,
    count_tasks_by_status,
    enqueue,
    find_task_by_key,
    get_task,
    has_stopped,
    list_stopped,
    list_tasks,
    oldest_waiting_age,
    purge_tasks,
    retry_task,
    unpark,
)
from wizamart.queue.worker import EmbeddedWorkers, run_worker

__all__ = [
    "SCHEDULES",
    "TASKS",
    "EmbeddedWorkers",
    "GiveUp",
    "Lease",
    "Schedule",
    "Scheduler",
    "Task",
    "TaskContext",
    "TaskNotFound",
    "TaskStateRefuses",
    "TaskStatus",
    "TaskStopped",
    "cancel",
    "count_tasks_by_status",
    "enqueue",
    "find_task_by_key",
    "get_task",
    "has_stopped",
    "init_app",
    "list_stopped",
    "list_tasks",
    "oldest_waiting_age",
    "progress_of",
    "purge_tasks",
    "queue_state",
    "retry_task",
    "run_task",
    "run_worker",
    "schedule",
    "set_module_gate",
    "set_platform_source",
    "task",
    "unpark",
]
