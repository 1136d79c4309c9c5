"""Requests as people type them: the title, the entities, and what is said not to be understood."""

import pytest

from devmatrix.discovery.composing import read
from tests.unit.discovery.reads import require_sound

REQUESTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "REST API for a bookstore with authors and books": ("Bookstore", "Author Book", ()),
    "inventory system with products and warehouses, stock per product and warehouse": (
        "Inventory",
        "Product Warehouse Stock",
        (),
    ),
    "API with invoices, payments and refunds": ("Invoices, payments and refunds", "Invoice Payment Refund", ()),
    "Backend for a gym that has members and trainers": ("Gym", "Member Trainer", ()),
    "An app for a zoo including animals, keepers and enclosures": ("Zoo", "Animal Keeper Enclosure", ()),
    "An API for a hotel: rooms, guests and reservations.": ("Hotel", "Room Guest Reservation", ()),
    (
        "Task management API: projects have tasks; a task has a title, due date, priority (low, medium, "
        "high) and status (todo, doing, done)"
    ): ("Task management", "Task Project", ()),
    (
        "I want to manage gym members, trainers and classes. A class has a capacity of at most 30. Members "
        "must have a unique email."
    ): ("Gym members, trainers and classes", "GymMember Trainer Class", ()),
    "users can post articles and comment on them; only the author may edit an article": (
        "Articles and comments",
        "User Article Comment",
        (),
    ),
    "A REST API for a help desk.": ("Help desk", "Ticket Customer Agent", ()),
    "A REST API for a touring music festival. Track bands.": ("Touring music festival", "Band", ()),
    "Build me a simple blog backend": ("Blog", "Article Comment Tag", ()),
    "Simple CRUD API for customers": ("Customers", "Customer", ()),
    "I need an endpoint to manage invoices and payments": ("Invoices and payments", "Invoice Payment", ()),
    "Backend for a food delivery app with restaurants, menus, orders and couriers": (
        "Food delivery",
        "Restaurant Menu Order Courier",
        (),
    ),
    "a REST service for booking meeting rooms": ("Booking meeting rooms", "MeetingRoom Booking", ()),
    "Manage employees of departments": ("Employees and departments", "Employee Department", ()),
    "API to store measurements from sensors": ("Measurements and sensors", "Measurement Sensor", ()),
    "e-commerce API with products, categories, carts and orders": ("E-commerce", "Product Category Cart Order", ()),
    "create crud for vehicles": ("Vehicles", "Vehicle", ()),
    "CRM with companies, contacts and deals": ("CRM", "Company Contact Deal", ()),
    "Build a backend for a recipe sharing site where users can publish recipes, rate them and leave comments": (
        "Recipe sharing",
        "User Recipe Rating Comment",
        (),
    ),
    "I'd like an app where users can track their expenses by category": (
        "Expenses and categories",
        "User Expense Category",
        (),
    ),
    "Expense tracker with categories and budgets": ("Expense tracker", "Expense Category Budget", ()),
    "I want an API for my veterinary clinic with owners, pets and appointments": (
        "Veterinary clinic",
        "Owner Pet Appointment",
        (),
    ),
    "Make a REST API that lets teachers create quizzes and students submit answers": (
        "Teachers, quizzes and more",
        "Teacher Quiz Student Answer",
        (),
    ),
    "API for a parking garage: spots, vehicles and tickets. A ticket has an entry time and an exit time.": (
        "Parking garage",
        "Spot Vehicle Ticket",
        (),
    ),
    "A URL shortener API with links and clicks": ("URL shortener", "Link Click", ()),
    "Chat backend with users, rooms and messages": ("Chat", "User Room Message", ()),
    "Backend for a fitness app, users log workouts and exercises": ("Fitness", "User Workout Exercise", ()),
    "Create an API for managing a movie database with actors, directors and reviews": (
        "Movie database",
        "Actor Director Review",
        (),
    ),
    "I need a job board with companies, job postings and applications": (
        "Job board",
        "Company JobPosting Application",
        (),
    ),
    "We need a leave request system. Employees submit leave requests, managers approve them.": (
        "Leave request",
        "Employee LeaveRequest User",
        (),
    ),
    "Build a polling app where users create polls and vote on options": ("Polling", "User Poll Option Vote", ()),
    "REST API for library management with books, authors, members and loans": (
        "Library management",
        "Book Author Member Loan",
        (),
    ),
    (
        "Create a REST API for a school with students, teachers, courses and grades. Each student can enroll "
        "in many courses."
    ): ("School", "Student Teacher Course Grade Enrollment", ()),
    "Manage my wine collection": ("Wine collection", "Wine", ()),
    "Inventory management": ("Inventory management", "Product Supplier Location", ()),
    "Write me an API for real estate listings with agents and viewings": (
        "Real estate listings",
        "RealEstateListing",
        (),
    ),
    "API for tracking shipments, carriers and warehouses": (
        "Shipments, carriers and warehouses",
        "Shipment Carrier Warehouse",
        (),
    ),
    "hotel booking API": ("Hotel bookings", "HotelBooking", ()),
    (
        "Music streaming API with artists, albums, songs and playlists. An album belongs to an artist. A "
        "playlist has many songs."
    ): ("Music streaming", "Artist Album Song Playlist", ()),
    "Build an IoT backend that stores devices and their readings": ("IoT", "Device Reading", ()),
    "The API should manage projects, and each project should have tasks with a title and a due date": (
        "Projects and tasks",
        "Project Task",
        (),
    ),
    "A social network where users follow each other, write posts and like posts": (
        "Social network",
        "User Follow Post Like",
        (),
    ),
    "Create an event ticketing platform. Organizers create events, attendees buy tickets.": (
        "Event ticketing",
        "Organizer Event Attendee Ticket Order",
        (),
    ),
    "a kanban board API with boards, columns and cards": ("Kanban board", "Board Column Card", ()),
    "I want to keep track of my plants and when I watered them": ("Plants", "Plant", ("and when I watered them",)),
    "Ride sharing backend with drivers, riders and trips": ("Ride sharing", "Driver Rider Trip", ()),
    "Todo app": ("Todo", "Task", ()),
    "api for my bakery: cakes, customers, orders": ("Bakery", "Cake Customer Order", ()),
    "I want to build a dating app where members can like other members and send messages": (
        "Dating",
        "Member Like Message",
        (),
    ),
    "Backend for managing apartments, tenants and rent payments": (
        "Apartments, tenants and rent payments",
        "Apartment Tenant RentPayment",
        (),
    ),
    "REST api for football league with teams, players, matches and standings": (
        "Football league",
        "Team Player Match Standing",
        (),
    ),
    "Create an API to manage books. Books have title, author, isbn and price.": ("Books", "Book", ()),
    (
        "I need a backend for my online course platform. Instructors create courses with lessons. Students "
        "enroll in courses and submit assignments."
    ): ("Online course", "Instructor Course Student Enrollment Assignment Lesson", ()),
    ("Car rental service: cars, customers and rentals; each rental has a start date, an end date and a total price"): (
        "Car rental",
        "Car Customer Rental",
        (),
    ),
    "An API which stores recipes with ingredients": ("Recipes", "Recipe Ingredient", ()),
    "API for gym: members, trainers, classes": ("Gym", "Member Trainer Class", ()),
    "create a restful api for a pet adoption center": ("Pet adoption center", "PetAdoptionCenter", ()),
    "manage students, their grades and attendance": (
        "Students, grades and attendances",
        "Student Grade Attendance",
        (),
    ),
    "API for customers and their addresses": ("Customers and addresses", "Customer Address", ()),
    "Simple notes API with tags": ("Notes", "Note Tag", ()),
    "Build a REST API for tracking employee attendance": ("Employee attendances", "EmployeeAttendance", ()),
    "Create an inventory API where each product belongs to a category and a supplier": (
        "Inventory",
        "Product Category Supplier",
        (),
    ),
    (
        "Build an API for a hospital with doctors, patients, and appointments. Patients can book "
        "appointments with doctors."
    ): ("Hospital", "Doctor Patient Appointment", ()),
    "Customer support ticket system": ("Customer support tickets", "CustomerSupportTicket", ()),
    "I need CRUD endpoints for products and categories": ("Products and categories", "Product Category", ()),
    "Time tracking API with projects, tasks and time entries": ("Time tracking", "Project Task TimeEntry", ()),
    "Product catalog with search": ("Product catalog", "Product", ()),
    "API for a cinema: movies, screens, showtimes and bookings. A showtime is for one movie and one screen.": (
        "Cinema",
        "Movie Screen Showtime Booking",
        (),
    ),
    ("Please generate a Python FastAPI backend with PostgreSQL for managing blog posts, with user authentication."): (
        "Blog posts",
        "BlogPost User",
        (),
    ),
    "API for surveys. A survey has questions and a question has answers.": ("Surveys", "Survey Question Answer", ()),
    "Fleet management: vehicles, drivers, trips. Drivers have a license number.": (
        "Fleet management",
        "Vehicle Driver Trip",
        (),
    ),
    "Construct a warehouse system to track pallets and locations": ("Warehouse", "Pallet Location", ()),
    "Users have a name and an email. Users can create groups and join groups.": (
        "Groups and memberships",
        "User Group Membership",
        (),
    ),
    "CRUD for contacts": ("Contacts", "Contact", ()),
    "Build an API for restaurants where customers can reserve tables and leave reviews": (
        "Restaurants",
        "Restaurant Customer Table Reservation Review",
        (),
    ),
    "An auction site with sellers, items and bids. A bid has an amount greater than 0.": (
        "Auction",
        "Seller Item Bid",
        (),
    ),
    "I'm building a podcast platform with shows, episodes and listeners": ("Podcast", "Show Episode Listener", ()),
    "We sell handmade furniture and need to manage products, orders and customers.": (
        "Handmade furniture, products and more",
        "HandmadeFurniture Product Order Customer",
        (),
    ),
    "Develop an appointment scheduling API for barbers": ("Appointment scheduling", "Appointment Barber", ()),
    "budget API: users have accounts, accounts have transactions": ("Budgets", "Budget User Account Transaction", ()),
    "API for donations to charities": ("Donations and charities", "Donation Charity", ()),
    "school API with classes; each class has students and a teacher": ("School", "Class Student Teacher", ()),
    "I need a REST API with users and posts": ("Users and posts", "User Post", ()),
    "REST API for a bookstore. It has authors, books and publishers. Each book has one author and many genres.": (
        "Bookstore",
        "Author Book Publisher Genre",
        (),
    ),
    "An online shop: customers order products; products have a name and a price": (
        "Online shop",
        "Customer Product Order",
        (),
    ),
    "We are a small gym. Members book classes. Trainers teach classes.": ("Gym", "Member Class Booking Trainer", ()),
    "Library API - members can borrow books, librarians can add books": ("Library", "Member Book Loan User", ()),
    "Only admins can manage products. Customers can place orders and view their own orders.": (
        "Customers, orders and products",
        "Customer Order Product User",
        ("and view their own orders.",),
    ),
    "Project management tool with teams, projects, tasks and comments. Tasks are assigned to users.": (
        "Project management",
        "Project Team Task Comment User",
        (),
    ),
    "Movie API: movies have a title, a year and a director; users rate movies from 1 to 5": (
        "Movies",
        "Movie User Rating",
        (),
    ),
    "The app must let users upload photos and organize them into albums": (
        "Photos",
        "User Photo",
        ("and organize them into albums",),
    ),
    "A marketplace API where sellers list products and buyers place orders": (
        "Marketplace",
        "Seller Product Buyer Order",
        (),
    ),
    "Quiz API with questions and answers, each question has 4 answers": (
        "Quiz",
        "Question Answer",
        ("each question has 4 answers",),
    ),
    "a backend that manages bookings for a yoga studio": ("Yoga studio", "Booking", ()),
    "Newsletter service: subscribers, campaigns, emails": ("Newsletter", "Subscriber Campaign Email", ()),
    "Recipes API: a recipe has ingredients with quantity and unit": ("Recipes", "Recipe Ingredient", ()),
}


@pytest.mark.parametrize("request_text", REQUESTS)
def test_everyday_requests_give_what_a_reader_expects(request_text: str) -> None:
    title, entities, missed = REQUESTS[request_text]
    document = read(request_text)
    require_sound(document)
    assert document.title == title
    assert " ".join(entity.name for entity in document.entities) == entities
    assert tuple(item.span.text for item in document.statements if not item.understood) == missed
